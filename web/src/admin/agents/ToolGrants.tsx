import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { useTools } from '@/lib/queries'
import type { Grant, ToolInfo } from '@/lib/types'
import { Badge, Button } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Loaded } from '../parts/Loaded'
import { Card } from '../parts/Page'
import { grantOf } from './form'
import type { Editor } from './useAgentEditor'

/** Which tools the agent may use by itself, which it must ask for, and which it never gets. */
export function ToolGrants({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  const tools = useTools()
  const { form, set, mistake } = editor
  const own = Object.keys(form.tools).length
  return (
    <Loaded query={tools}>
      {(items) => (
        <>
          <Card>
            {items.map((tool) => (
              <ToolRow
                key={tool.name}
                tool={tool}
                grant={grantOf(form, tool)}
                onGrant={(grant) => set('tools', withGrant(form.tools, tool, grant))}
              />
            ))}
          </Card>
          {mistake('tools') !== undefined && (
            <p className="field-error" role="alert">
              {mistake('tools')}
            </p>
          )}
          {own > 0 && (
            <div>
              <Button size="s" variant="ghost" onClick={() => set('tools', {})}>
                {t('toolsReset', { n: own })}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  )
}

/** A grant equal to the tool's default is not kept, so that a later change of the default reaches the agent. */
function withGrant(tools: Record<string, Grant>, tool: ToolInfo, grant: Grant): Record<string, Grant> {
  const { [tool.name]: _before, ...rest } = tools
  return grant === tool.default_grant ? rest : { ...rest, [tool.name]: grant }
}

function ToolRow({ tool, grant, onGrant }: { tool: ToolInfo; grant: Grant; onGrant: (grant: Grant) => void }): ReactNode {
  const t = useT('admin')
  return (
    <div className="tool-grant">
      <div className="grow">
        <div className="row tool-grant-name">
          <span className="mono">{tool.name}</span>
          {tool.read_only && <Badge>{t('readOnly')}</Badge>}
          {tool.destructive && <Badge tone="warn">{t('destructive')}</Badge>}
        </div>
        <div className="tiny muted">{tool.description}</div>
      </div>
      <Segments
        size="s"
        label={t('grantOf', { tool: tool.name })}
        value={grant}
        onChange={onGrant}
        options={[
          { value: 'allow', label: t('allow'), tone: 'ok' },
          { value: 'ask', label: t('ask'), tone: 'warn' },
          { value: 'deny', label: t('deny'), tone: 'bad' },
        ]}
      />
    </div>
  )
}

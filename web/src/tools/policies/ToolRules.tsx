import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import type { Grant } from '@/lib/types'
import { Button, toastError } from '@/ui'
import { policies, type ToolPolicy } from '../api/policies'
import { keys, policiesQuery, useRefresh } from '../api/queries'
import type { Tool } from '../api/tools'
import { GrantChoice } from '../parts/GrantChoice'
import { ownRuleFor, speakingOf } from './form'
import { PolicyEditor } from './PolicyEditor'
import { PolicyRow } from './PolicyRow'
import './policies.css'

/** What this tool is granted, in one switch, and every rule that speaks of it. */
export function ToolRules({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  const [edited, setEdited] = useState<ToolPolicy | 'new' | null>(null)
  return (
    <div className="stack">
      <Loaded query={useQuery(policiesQuery('mine'))}>
        {(rules) => {
          const speaking = speakingOf(rules, tool.name)
          return (
            <>
              <Switchboard tool={tool} own={ownRuleFor(rules, tool.name)} />
              <div className="row"><h3 className="grow small">{t('rulesOfTool')}</h3><Button size="s" icon={<Plus size={13} />} onClick={() => setEdited('new')}>{t('ruleNew')}</Button></div>
              {speaking.length === 0 ? <p className="small muted">{t('rulesOfToolEmpty')}</p>
                : <Card label={t('rulesOfTool')}>{speaking.map((rule) => <PolicyRow key={rule.id} rule={rule} reach="mine" onEdit={() => setEdited(rule)} />)}</Card>}
            </>
          )
        }}
      </Loaded>
      {edited !== null && <PolicyEditor rule={edited === 'new' ? undefined : edited} tool={tool.name} reach="mine" onClose={() => setEdited(null)} />}
    </div>
  )
}

function Switchboard({ tool, own }: { tool: Tool; own: ToolPolicy | undefined }): ReactNode {
  const t = useT('tools')
  const refresh = useRefresh()
  const [busy, setBusy] = useState(false)
  const save = async (grant: Grant | null): Promise<void> => {
    setBusy(true)
    try {
      await keep(tool.name, own, grant)
      await refresh(keys.policies, keys.tools)
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  return (
    <div className="switchboard">
      <div className="grow">
        <div className="admin-setting-label">{t('grantHere')}</div>
        <div className="tiny muted">{t(`grant_${tool.grant}Hint`)} {own?.grant ? '' : t('grantIsDefault', { grant: t(`grant_${tool.default_grant}`) })}</div>
      </div>
      {own?.grant && <Button size="s" variant="ghost" disabled={busy} onClick={() => void save(null)}>{t('toDefault')}</Button>}
      <GrantChoice size="m" label={t('grantHere')} value={tool.grant} onChange={(grant) => void save(grant)} disabled={busy} />
    </div>
  )
}

/** Keeps the grant in one's own rule of this tool; without one the rule goes, unless it limits something besides. */
async function keep(tool: string, own: ToolPolicy | undefined, grant: Grant | null): Promise<void> {
  const limits = own && (own.rps ?? own.concurrency ?? own.quota_per_day ?? own.cache_seconds ?? own.timeout_seconds) !== null
  if (own && grant === null && !limits) await policies.remove('mine', own.id)
  else if (own) await policies.change('mine', own.id, { grant })
  else await policies.create('mine', { subject: '*', tool, grant, rps: null, concurrency: null, quota_per_day: null, cache_seconds: null, timeout_seconds: null })
}

import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import type { Agent } from '@/lib/types'
import { Button, Dialog, Table } from '@/ui'
import { type AgentField, type AgentForm, changedFields, mergeForms, toForm } from './form'
import type { Editor } from './useAgentEditor'

const LABELS = {
  name: 'name',
  role: 'role',
  instructions: 'instructions',
  model: 'model',
  temperature: 'temperature',
  answer_tokens: 'answerTokens',
  tools: 'tools',
  max_steps: 'maxSteps',
  max_tokens: 'maxTokens',
  max_seconds: 'maxSeconds',
  max_cost_usd: 'maxCost',
  output_schema: 'outputSchema',
  hue: 'colour',
  enabled: 'enabled',
  fragments: 'fragments',
  memory: 'memoryScope',
} as const satisfies Record<AgentField, string>

/** Somebody saved the agent first: shows what they changed and what saving one's own changes on top would give. */
export function Conflict({ editor, theirs }: { editor: Editor; theirs: Agent }): ReactNode {
  const t = useT('admin')
  const other = toForm(theirs)
  const merged = mergeForms(editor.base, editor.form, other)
  const fields = [...new Set([...changedFields(editor.base, other), ...changedFields(other, merged)])]
  return (
    <Dialog
      open
      size="l"
      onClose={editor.dismiss}
      title={t('conflictTitle')}
      description={t('conflictDetail', { when: ago(theirs.updated_at), version: theirs.version })}
      footer={
        <>
          <Button onClick={editor.reload}>{t('conflictReload')}</Button>
          <Button variant="primary" onClick={() => void editor.overwrite()}>
            {t('conflictOverwrite')}
          </Button>
        </>
      }
    >
      <Table
        label={t('conflictTitle')}
        rows={fields}
        rowKey={(field) => field}
        columns={[
          { id: 'field', label: t('field'), cell: (field) => t(LABELS[field]) },
          {
            id: 'theirs',
            label: t('conflictTheirs'),
            cell: (field) => <span className="conflict-value">{describe(other, field)}</span>,
          },
          {
            id: 'mine',
            label: t('conflictMine'),
            cell: (field) => <span className="conflict-value">{describe(merged, field)}</span>,
          },
        ]}
      />
    </Dialog>
  )
}

function describe(form: AgentForm, field: AgentField): string {
  const value = form[field]
  if (Array.isArray(value)) return value.join(', ') || '–'
  if (typeof value === 'object')
    return (
      Object.entries(value)
        .map(([tool, grant]) => `${tool}: ${grant}`)
        .join(', ') || '–'
    )
  if (typeof value === 'boolean') return value ? '✓' : '–'
  return String(value) || '–'
}

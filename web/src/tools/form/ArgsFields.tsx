import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Textarea } from '@/ui'
import { Segments } from '@/ui/Segments'
import { SchemaForm } from './SchemaForm'
import type { Schema } from './schema'
import type { ArgsDraft } from './useArgsDraft'

/** The fields of the arguments, or their JSON. */
export function ArgsFields({ schema, draft }: { schema: Schema; draft: ArgsDraft }): ReactNode {
  const t = useT('tools')
  if (draft.mode === 'form') return <SchemaForm key={draft.round} schema={schema} value={draft.value} onChange={draft.setValue} mistakes={draft.mistakes} />
  return (
    <div className="field">
      <Textarea className="mono args-json" aria-label={t('argumentsJson')} aria-invalid={draft.broken || undefined} rows={Math.min(20, draft.text.split('\n').length + 1)} value={draft.text} spellCheck={false} onChange={(event) => draft.setText(event.target.value)} />
      {draft.broken && <div className="field-error" role="alert">{t('notAnObject')}</div>}
    </div>
  )
}

export function ModeChoice({ draft }: { draft: ArgsDraft }): ReactNode {
  const t = useT('tools')
  return <Segments size="s" label={t('editAs')} value={draft.mode} onChange={draft.setMode} options={[{ value: 'form', label: t('form') }, { value: 'json', label: 'JSON' }]} />
}

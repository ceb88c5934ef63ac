import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Field, Input, Select, Switch, Textarea } from '@/ui'
import type { MemoryForm, Mistake } from './form'

const weights = ['0.2', '0.5', '0.8', '1'] as const
const names = { '0.2': 'importance_low', '0.5': 'importance_usual', '0.8': 'importance_high', '1': 'importance_always' } as const

/** What a person says of a memory. */
export function MemoryFields({ form, mistake, onChange }: { form: MemoryForm; mistake: Mistake | null; onChange: (change: Partial<MemoryForm>) => void }): ReactNode {
  const t = useT('memory')
  const known = weights.some((weight) => Number(weight) === Number(form.importance))
  const options = [...weights.map((value) => ({ value: value as string, label: t(names[value]) })), ...(known ? [] : [{ value: form.importance, label: form.importance }])]
  return (
    <>
      <Field label={t('text')} error={mistake === null ? undefined : t(mistake)}>{(control) => <Textarea {...control} rows={3} value={form.text} placeholder={t('factExample')} onChange={(event) => onChange({ text: event.target.value })} />}</Field>
      <div className="fact-columns">
        <Field label={t('tags')}>{(control) => <Input {...control} autoComplete="off" value={form.tags} placeholder={t('tagsExample')} onChange={(event) => onChange({ tags: event.target.value })} />}</Field>
        <Field label={t('importance')}>{(control) => <Select {...control} value={known ? String(Number(form.importance)) : form.importance} onChange={(importance) => onChange({ importance })} options={options} />}</Field>
        <Field label={t('validUntil')}>{(control) => <Input {...control} type="date" value={form.valid_until} onChange={(event) => onChange({ valid_until: event.target.value })} />}</Field>
      </div>
      <Switch checked={form.shared} onChange={(shared) => onChange({ shared })} label={t('sharedHint')} />
    </>
  )
}

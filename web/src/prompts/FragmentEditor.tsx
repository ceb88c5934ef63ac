import { useState, type FormEvent, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { Button, Dialog, Field, Input, Textarea, toastError } from '@/ui'
import { fragments, keys, type Fragment } from './api'
import { checkFragment } from './form'

/** Makes a fragment. */
export function FragmentEditor({ onClose, onSaved }: { onClose: () => void; onSaved: (fragment: Fragment) => void }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const [form, setForm] = useState({ name: '', description: '', text: '' })
  const [checked, setChecked] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkFragment(form) : {}
  const errorOf = (field: 'name' | 'description' | 'text') => error?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<typeof form>) => { setForm({ ...form, ...change }); setError(null) }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkFragment(form)).length > 0) return
    setBusy(true)
    try {
      const fragment = await fragments.create(form)
      await client.invalidateQueries({ queryKey: keys.fragments })
      onSaved(fragment)
      onClose()
    } catch (refused) {
      if (refused instanceof ApiError && refused.errors.length > 0) setError(refused)
      else toastError(refused)
    }
    setBusy(false)
  }
  return (
    <Dialog open title={t('newFragment')} description={t('promptsLead')} onClose={onClose} footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="new-fragment" loading={busy}>{t('create')}</Button></>}>
      <form id="new-fragment" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('name')} hint={t('nameHint')} error={errorOf('name')}>{(control) => <Input {...control} className="mono" spellCheck={false} autoComplete="off" value={form.name} placeholder="house-style" onChange={(event) => set({ name: event.target.value })} />}</Field>
        <Field label={t('description')} error={errorOf('description')}>{(control) => <Input {...control} value={form.description} onChange={(event) => set({ description: event.target.value })} />}</Field>
        <Field label={t('text')} error={errorOf('text')}>{(control) => <Textarea {...control} className="fragment-text" rows={8} value={form.text} placeholder={t('textExample')} onChange={(event) => set({ text: event.target.value })} />}</Field>
      </form>
    </Dialog>
  )
}

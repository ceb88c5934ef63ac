import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Dialog, Field, Input, Textarea } from '@/ui'
import type { IngestAsk } from '../api/calls'

const isAddress = (text: string): boolean => /^https?:\/\/[^\s/]+/i.test(text)

/** Takes in a page of the web, or a text that is typed or pasted. */
export function AddDialog({ way, onAdd, onClose }: { way: 'url' | 'text'; onAdd: (ask: IngestAsk) => Promise<boolean>; onClose: () => void }): ReactNode {
  const t = useT('memory')
  const [form, setForm] = useState({ url: '', name: '', text: '', tags: '' })
  const [isChecked, setChecked] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const mistakes = way === 'url' ? { url: isAddress(form.url.trim()) ? undefined : t('needAddress') } : { name: form.name.trim() ? undefined : t('needName'), text: form.text.trim() ? undefined : t('needText') }
  const wrong = (field: 'url' | 'name' | 'text') => (isChecked ? (mistakes as Record<string, string | undefined>)[field] : undefined)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (Object.values(mistakes).some((mistake) => mistake !== undefined)) return
    setBusy(true)
    const tags = form.tags.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '')
    const ask = way === 'url' ? { url: form.url.trim() } : { name: form.name.trim(), text: form.text }
    if (await onAdd({ ...ask, ...(tags.length > 0 && { tags }) })) onClose()
    else setBusy(false)
  }
  return (
    <Dialog
      open onClose={onClose} size={way === 'text' ? 'l' : 'm'} title={way === 'url' ? t('addUrl') : t('addText')} description={way === 'url' ? t('addUrlLead') : t('addTextLead')}
      footer={<><Button onClick={onClose}>{t('back')}</Button><Button variant="primary" type="submit" form="ingest" loading={isBusy}>{t('takeIn')}</Button></>}
    >
      <form id="ingest" className="stack" noValidate onSubmit={(event) => void submit(event)}>
        {way === 'url' && <Field label={t('address')} error={wrong('url')}>{(control) => <Input {...control} type="url" inputMode="url" autoComplete="off" placeholder="https://" value={form.url} onChange={(event) => set({ url: event.target.value })} />}</Field>}
        {way === 'text' && <Field label={t('name')} error={wrong('name')}>{(control) => <Input {...control} autoComplete="off" placeholder={t('nameExample')} value={form.name} onChange={(event) => set({ name: event.target.value })} />}</Field>}
        {way === 'text' && <Field label={t('text')} error={wrong('text')}>{(control) => <Textarea {...control} rows={10} value={form.text} onChange={(event) => set({ text: event.target.value })} />}</Field>}
        <Field label={t('tags')} hint={t('tagsHint')}>{(control) => <Input {...control} autoComplete="off" value={form.tags} onChange={(event) => set({ tags: event.target.value })} />}</Field>
      </form>
    </Dialog>
  )
}

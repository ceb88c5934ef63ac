import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import Trash from 'lucide-react/icons/trash-2'
import { Loaded } from '@/admin/parts/Loaded'
import { Page, Section } from '@/admin/parts/Page'
import { SaveBar } from '@/admin/parts/SaveBar'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { ago } from '@/lib/format'
import { useNavigate } from '@/lib/router'
import { Button, confirm, Field, IconButton, Input, Textarea, toast, toastError } from '@/ui'
import { fragments, keys, versionsQuery, type Fragment, type FragmentVersion } from './api'
import { checkFragment } from './form'
import { Users } from './Fragments'

const TextDiff = lazy(() => import('./TextDiff'))

/** One fragment: its text, who uses it, and every version that it had. */
export function FragmentPage({ fragment }: { fragment: Fragment }): ReactNode {
  const t = useT('prompts')
  const navigate = useNavigate()
  const client = useQueryClient()
  const back = () => void navigate({ to: '/settings/prompts' })
  const remove = async () => {
    if (!(await confirm({ title: t('deleteTitle', { name: fragment.name }), detail: t('deleteText'), action: t('delete'), danger: true }))) return
    await fragments.remove(fragment.id)
    back()
    await client.invalidateQueries({ queryKey: keys.fragments })
  }
  return (
    <Page
      title={fragment.name} lead={t('versionOf', { n: fragment.version, when: ago(fragment.updated_at) })}
      actions={<div className="row"><Button variant="ghost" icon={<ArrowLeft size={15} />} onClick={back}>{t('all')}</Button><IconButton label={t('delete')} icon={<Trash size={16} />} onClick={() => void remove().catch(toastError)} /></div>}
    >
      <Text key={fragment.version} fragment={fragment} />
      <Section title={t('usedByTitle')}><Users name={fragment.name} /></Section>
      <Versions fragment={fragment} />
    </Page>
  )
}

function Text({ fragment }: { fragment: Fragment }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const [form, setForm] = useState({ description: fragment.description, text: fragment.text })
  const [error, setError] = useState<ApiError | null>(null)
  const [saving, setSaving] = useState(false)
  const dirty = form.description !== fragment.description || form.text !== fragment.text
  const mistakes = checkFragment({ ...form, name: fragment.name })
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (Object.keys(mistakes).length > 0) return
    setSaving(true)
    try {
      await fragments.change(fragment, form)
      await client.invalidateQueries({ queryKey: keys.fragments })
      toast({ tone: 'ok', title: t('saved') })
    } catch (refused) {
      if (refused instanceof ApiError && refused.errors.length > 0) setError(refused)
      else toastError(refused)
    }
    setSaving(false)
  }
  const errorOf = (field: 'description' | 'text') => error?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<typeof form>) => { setForm({ ...form, ...change }); setError(null) }
  return (
    <form className="stack" noValidate onSubmit={(event) => void save(event)}>
      <Field label={t('description')} error={errorOf('description')}>{(control) => <Input {...control} value={form.description} onChange={(event) => set({ description: event.target.value })} />}</Field>
      <Field label={t('text')} error={errorOf('text')}>{(control) => <Textarea {...control} className="fragment-text" rows={10} value={form.text} onChange={(event) => set({ text: event.target.value })} />}</Field>
      <SaveBar shown={dirty} saving={saving} label={t('save')} onDiscard={() => setForm({ description: fragment.description, text: fragment.text })} />
    </form>
  )
}

function Versions({ fragment }: { fragment: Fragment }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const [open, setOpen] = useState<number | null>(null)
  const restore = async (version: number) => {
    await fragments.restore(fragment.id, version)
    await client.invalidateQueries({ queryKey: keys.fragments })
    toast({ tone: 'ok', title: t('restored', { n: version }) })
  }
  return (
    <Section title={t('versions')} lead={t('versionsLead')}>
      <Loaded query={useQuery(versionsQuery(fragment.id))}>
        {(items) => (
          <ol className="fragment-versions">
            {items.map((item, index) => (
              <Version key={item.version} item={item} before={items[index + 1]} isLatest={item.version === fragment.version} isOpen={open === item.version} onOpen={() => setOpen(open === item.version ? null : item.version)} onRestore={() => void restore(item.version).catch(toastError)} />
            ))}
          </ol>
        )}
      </Loaded>
    </Section>
  )
}

interface VersionProps { item: FragmentVersion; before: FragmentVersion | undefined; isLatest: boolean; isOpen: boolean; onOpen: () => void; onRestore: () => void }

function Version({ item, before, isLatest, isOpen, onOpen, onRestore }: VersionProps): ReactNode {
  const t = useT('prompts')
  return (
    <li>
      <div className="row fragment-version">
        <b>{t('version', { n: item.version })}</b>
        <span className="tiny muted grow">{isLatest ? t('current') : ago(item.created_at)}{item.restored_from !== null && ` · ${t('restoredFrom', { n: item.restored_from })}`}</span>
        <Button size="s" aria-expanded={isOpen} onClick={onOpen}>{before ? t('changes') : t('show')}</Button>
        {!isLatest && <Button size="s" onClick={onRestore}>{t('restore')}</Button>}
      </div>
      {isOpen && <Suspense><TextDiff before={before?.text ?? ''} after={item.text} label={t('version', { n: item.version })} /></Suspense>}
    </li>
  )
}

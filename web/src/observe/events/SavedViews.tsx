import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import Bookmark from 'lucide-react/icons/bookmark'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import { Button, confirm, Dialog, Field, Input, Menu, toastError, type MenuEntry } from '@/ui'
import { views } from '../api/calls'
import { keys, viewsQuery } from '../api/queries'
import type { SavedView } from '../api/types'
import { useFilters } from '../filters/useFilters'

type Search = Record<string, string | undefined>
type Editing = { kind: 'new' } | { kind: 'rename'; view: SavedView }

const asSearch = (query: Record<string, unknown>): Search => Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
const isShown = (view: SavedView, search: Search): boolean => JSON.stringify(Object.entries(asSearch(view.query)).sort()) === JSON.stringify(Object.entries(search).sort())

/** The person's own views of the table: filters and columns under a name. */
export function SavedViews(): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const { search } = useFilters()
  const list = useQuery(viewsQuery).data?.items ?? []
  const [editing, setEditing] = useState<Editing | null>(null)
  const shown = list.find((view) => isShown(view, search))
  const show = (view: Search) => void navigate({ to: '/observe/events', search: view })
  const remove = async (view: SavedView): Promise<void> => {
    if (!(await confirm({ title: t('viewDelete', { name: view.name }), action: t('remove'), danger: true }))) return
    await views.remove(view.id)
    await client.invalidateQueries({ queryKey: keys.views })
  }
  const items: MenuEntry[] = [
    { id: 'all', label: t('allEvents'), checked: Object.keys(search).length === 0, onSelect: () => show({}) },
    ...list.map((view) => ({ id: view.id, label: view.name, checked: view === shown, onSelect: () => show(asSearch(view.query)) })),
    { id: 'line', line: true },
    { id: 'new', label: t('viewSave'), icon: <Plus size={14} />, onSelect: () => setEditing({ kind: 'new' }) },
    ...(shown ? [
      { id: 'rename', label: t('viewRename', { name: shown.name }), icon: <Pencil size={14} />, onSelect: () => setEditing({ kind: 'rename', view: shown }) },
      { id: 'remove', label: t('viewRemove', { name: shown.name }), icon: <Trash2 size={14} />, danger: true, onSelect: () => void remove(shown).catch(toastError) },
    ] : []),
  ]
  return (
    <>
      <Menu label={t('views')} trigger={(props) => <Button size="s" icon={<Bookmark size={13} />} {...props}><span className="cut view-name">{shown?.name ?? t('views')}</span></Button>} items={items} />
      {editing && <NameView editing={editing} search={search} onClose={() => setEditing(null)} />}
    </>
  )
}

function NameView({ editing, search, onClose }: { editing: Editing; search: Search; onClose: () => void }): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const [name, setName] = useState(editing.kind === 'rename' ? editing.view.name : '')
  const [busy, setBusy] = useState(false)
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (name.trim() === '') return
    setBusy(true)
    try {
      await (editing.kind === 'rename' ? views.change(editing.view.id, name.trim(), editing.view.query) : views.create(name.trim(), search))
      await client.invalidateQueries({ queryKey: keys.views })
      onClose()
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  return (
    <Dialog
      open size="s" title={editing.kind === 'rename' ? t('viewRename', { name: editing.view.name }) : t('viewSave')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="observe-view" loading={busy} disabled={name.trim() === ''}>{t('save')}</Button></>}
    >
      <form id="observe-view" onSubmit={(event) => void save(event)}>
        <Field label={t('name')} hint={t('viewHint')}>{(control) => <Input {...control} autoFocus maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}

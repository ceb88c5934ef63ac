import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { ago, bytes } from '@/lib/format'
import { Button, confirm, EmptyState, IconButton, toastError } from '@/ui'
import { trash } from '../api/calls'
import { keys, trashQuery, useRefresh } from '../api/queries'
import type { TrashItem } from '../api/types'
import { useDesk } from '../open/context'
import { FileIcon } from '../tree/FileIcon'
import './trash.css'

/** What was thrown away, by whom, and the way back. */
export default function TrashPanel(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const query = useQuery(trashQuery(desk.id))
  return <Loaded query={query}>{(items) => (items.length === 0 ? <EmptyState icon={<Trash2 size={20} />} title={t('trashEmpty')}><p>{t('trashEmptyText')}</p></EmptyState> : <Items items={items} />)}</Loaded>
}

function Items({ items }: { items: TrashItem[] }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const refresh = useRefresh()
  const act = async (run: () => Promise<unknown>) => {
    try { await run() } catch (error) { toastError(error) }
    await refresh(keys.trash(desk.id), keys.trees(desk.id), keys.one(desk.id), keys.git(desk.id))
  }
  const empty = async () => {
    if (await confirm({ title: t('emptyTitle', { n: items.length }), detail: t('cannotUndo'), action: t('emptyTrash'), danger: true })) await act(() => trash.empty(desk.id))
  }
  const remove = async ({ id, name }: TrashItem) => {
    if (await confirm({ title: t('deleteForGood', { name }), detail: t('cannotUndo'), action: t('delete'), danger: true })) await act(() => trash.remove(desk.id, id))
  }
  return (
    <div className="ws-panel">
      {canWrite && <div className="row"><span className="grow tiny muted">{t('thrown', { n: items.length })}</span><Button size="s" variant="danger" onClick={() => void empty()}>{t('emptyTrash')}</Button></div>}
      <ul className="ws-trash" aria-label={t('side_trash')}>
        {items.map((item) => (
          <li key={item.id} className="ws-thrown">
            <FileIcon name={item.name} kind={item.kind} />
            <span className="ws-thrown-name" title={item.path}><span className="small cut">{item.path}</span><span className="tiny muted cut">{[item.agent ?? item.deleted_by?.full_name, ago(item.deleted_at), bytes(item.size)].filter(Boolean).join(' · ')}</span></span>
            {canWrite && <><IconButton size="s" label={t('restoreOf', { name: item.name })} icon={<RotateCcw size={14} />} onClick={() => void act(() => trash.restore(desk.id, item.id))} /><IconButton size="s" label={t('deleteOf', { name: item.name })} icon={<Trash2 size={14} />} onClick={() => void remove(item)} /></>}
          </li>
        ))}
      </ul>
    </div>
  )
}

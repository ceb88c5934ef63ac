import { useState, type ReactNode } from 'react'
import ChevronLeft from 'lucide-react/icons/chevron-left'
import Download from 'lucide-react/icons/download'
import Ellipsis from 'lucide-react/icons/ellipsis'
import LogOut from 'lucide-react/icons/log-out'
import MessageSquarePlus from 'lucide-react/icons/message-square-plus'
import Pencil from 'lucide-react/icons/pencil'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { Link, navigate } from '@/lib/router'
import { useSession } from '@/lib/session'
import { Badge, confirm, IconButton, Menu, toastError, type MenuEntry } from '@/ui'
import { members, workspaces } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Workspace } from '../api/types'
import { EditDialog } from '../list/EditDialog'
import { UsageMeter } from '../list/UsageMeter'
import { useDesk } from '../open/context'

/** The line above: the workspace's name, what it weighs, and what may be done with it as a whole. */
export function Header(): ReactNode {
  const t = useT('workspaces')
  const { desk, workspace } = useDesk()
  const shellShown = desk.use((state) => state.shellShown)
  const [isEdited, setEdited] = useState(false)
  const items = useActions(workspace, () => setEdited(true))
  return (
    <header className="ws-head">
      <Link to="/workspaces" className="icon-btn icon-btn-s" aria-label={t('all')} data-tip={t('all')}><ChevronLeft size={16} /></Link>
      <h1 className="ws-title cut">{workspace.name}</h1>
      {workspace.role !== 'owner' && <Badge title={t('ownedBy', { name: workspace.owner.full_name })}>{t(`role_${workspace.role}`)}</Badge>}
      <span className="grow" />
      <UsageMeter usage={workspace.usage} />
      <Link to="/" search={{ workspace: workspace.id }} className="btn btn-s ws-chat" aria-label={t('chatHere')}><MessageSquarePlus size={14} aria-hidden /><span className="ws-wide">{t('chatHere')}</span></Link>
      <IconButton className="ws-wide" size="s" label={t('terminal')} pressed={shellShown} icon={<SquareTerminal size={16} />} onClick={() => desk.use.setState({ shellShown: !shellShown })} />
      <Menu label={t('actions')} align="end" items={items} trigger={(props) => <IconButton size="s" label={t('actions')} icon={<Ellipsis size={16} />} {...props} />} />
      {isEdited && <EditDialog workspace={workspace} onClose={() => setEdited(false)} />}
    </header>
  )
}

function useActions(workspace: Workspace, edit: () => void): MenuEntry[] {
  const t = useT('workspaces')
  const refresh = useRefresh()
  const me = useSession((state) => state.user?.id ?? '')
  const { id, name, role } = workspace
  const away = async (act: () => Promise<unknown>) => {
    try {
      await act()
      await navigate({ to: '/workspaces' })
      await refresh(keys.list)
    } catch (error) { toastError(error) }
  }
  const remove = async () => {
    if (await confirm({ title: t('deleteTitle', { name }), detail: t('deleteText'), action: t('delete'), danger: true })) await away(() => workspaces.remove(id))
  }
  const leave = async () => {
    if (await confirm({ title: t('leaveWorkspaceTitle', { name }), detail: t('leaveWorkspaceText'), action: t('leaveWorkspace'), danger: true })) await away(() => members.remove(id, me))
  }
  const download = () => workspaces.archive(id, '').then((blob) => saveBlob(blob, `${name}.zip`), toastError)
  return [
    { id: 'zip', label: t('downloadZip'), icon: <Download size={15} />, onSelect: () => void download() },
    ...(role === 'viewer' ? [] : [{ id: 'edit', label: t('editWorkspace'), icon: <Pencil size={15} />, onSelect: edit }]),
    { id: 'line', line: true as const },
    role === 'owner'
      ? { id: 'delete', label: t('deleteWorkspace'), icon: <Trash2 size={15} />, danger: true, onSelect: () => void remove() }
      : { id: 'leave', label: t('leaveWorkspace'), icon: <LogOut size={15} />, danger: true, onSelect: () => void leave() },
  ]
}

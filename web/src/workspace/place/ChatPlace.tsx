import type { ReactNode } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import FolderCode from 'lucide-react/icons/folder-code'
import { changeChat } from '@/chat/chatActions'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import type { Chat } from '@/lib/types'
import { IconButton, Menu } from '@/ui'
import { useChoices } from './useChoices'
import './place.css'

/** Where a chat's agents work: the way to its workspace, and the choice of another. */
export function ChatPlace({ chat }: { chat: Chat }): ReactNode {
  const t = useT('workspaces')
  const value = chat.workspace_id ?? null
  const { name, entries, isKnown } = useChoices(value, (id) => void changeChat(chat.id, { workspace_id: id }))
  if (!isKnown) return null
  return (
    <span className="chat-place">
      {value !== null && <Link to={`/workspaces/${value}`} className="chat-place-link" data-tip={t('openWorkspace')}><FolderCode size={13} aria-hidden /><span className="cut">{name ?? t('workspace')}</span></Link>}
      <Menu label={t('workIn')} items={entries} trigger={(props) => <IconButton label={t('workIn')} size="s" icon={value === null ? <FolderCode size={15} /> : <ChevronDown size={13} />} {...props} />} />
    </span>
  )
}

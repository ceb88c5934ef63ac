import Pencil from 'lucide-react/icons/pencil'
import Pin from 'lucide-react/icons/pin'
import Share from 'lucide-react/icons/share-2'
import Trash from 'lucide-react/icons/trash-2'
import { changeChat, deleteChat } from '@/chat/chatActions'
import { useT } from '@/i18n'
import { currentPath, navigate } from '@/lib/router'
import type { Chat } from '@/lib/types'
import { Popup } from '@/ui/Menu'

interface ChatMenuProps { chat: Chat; anchor: HTMLElement; onClose: () => void; onRename: (chat: Chat) => void; onShare: (chat: Chat) => void }

/** The one menu of the chat list, at the chat it was opened for. */
export default function ChatMenu({ chat, anchor, onClose, onRename, onShare }: ChatMenuProps) {
  const t = useT('shell')
  const remove = async () => { if (await deleteChat(chat) && currentPath() === `/chat/${chat.id}`) await navigate({ to: '/' }) }
  const close = (refocus: boolean) => { onClose(); if (refocus) anchor.focus() }
  return (
    <Popup
      id="chat-menu" label={t('chatMenu')} anchor={() => anchor} align="end" side="below" onClose={close}
      items={[
        { id: 'pin', label: chat.pinned ? t('unpin') : t('pin'), icon: <Pin size={14} />, onSelect: () => void changeChat(chat.id, { pinned: !chat.pinned }) },
        { id: 'rename', label: t('rename'), icon: <Pencil size={14} />, onSelect: () => onRename(chat) },
        { id: 'share', label: t('share'), icon: <Share size={14} />, onSelect: () => onShare(chat) },
        { id: 'remove', label: t('remove'), icon: <Trash size={14} />, danger: true, onSelect: () => void remove() },
      ]}
    />
  )
}

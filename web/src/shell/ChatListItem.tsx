import { memo, useState, type MouseEvent } from 'react'
import { useT } from '@/i18n'
import { Link, useIsAt } from '@/lib/router'
import type { Chat } from '@/lib/types'
import { RenameChat } from './RenameChat'

interface ChatListItemProps { chat: Chat; onMenu: (chat: Chat, button: HTMLElement) => void; isRenamed: boolean; onRenamed: () => void }

/** One chat; few nodes, since a list of them is long. Its menu is the list's. */
export const ChatListItem = memo(function ChatListItem({ chat, onMenu, isRenamed, onRenamed }: ChatListItemProps) {
  const t = useT('shell')
  const isHere = useIsAt(`/chat/${chat.id}`)
  if (isRenamed) return <li><RenameChat chat={chat} className="item-rename" onDone={onRenamed} /></li>
  const open = (event: MouseEvent<HTMLElement>) => onMenu(chat, event.currentTarget)
  return (
    <li className={isHere ? 'item on' : 'item'} onContextMenu={(event) => { event.preventDefault(); onMenu(chat, event.currentTarget) }}>
      <Link to="/chat/$chatId" params={{ chatId: chat.id }} className="item-link cut" aria-current={isHere ? 'page' : undefined}>{chat.title || t('untitled')}</Link>
      {chat.running && <span className="live-dot" role="img" aria-label={t('running')} />}
      <button type="button" className="icon-btn icon-btn-s item-menu" aria-label={t('chatMenuOf', { title: chat.title || t('untitled') })} aria-haspopup="menu" onClick={open}>⋯</button>
    </li>
  )
})

export function useRenaming() {
  const [id, setId] = useState<string | null>(null)
  return { renamed: id, rename: (chat: Chat) => setId(chat.id), done: () => setId(null) }
}

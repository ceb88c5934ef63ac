import { useState } from 'react'
import { changeChat } from '@/chat/chatActions'
import { useT } from '@/i18n'
import type { Chat } from '@/lib/types'

/** The title as a text field; Enter or leaving it saves, Escape does not. */
export function RenameChat({ chat, className, onDone }: { chat: Chat; className: string; onDone: () => void }) {
  const t = useT('shell')
  const [title, setTitle] = useState(chat.title)
  const save = () => {
    onDone()
    if (title.trim() !== '' && title.trim() !== chat.title) void changeChat(chat.id, { title: title.trim() })
  }
  return (
    <input
      className={`input ${className}`} aria-label={t('chatTitle')} value={title} autoFocus onFocus={(event) => event.target.select()} onBlur={save}
      onChange={(event) => setTitle(event.target.value)}
      onKeyDown={(event) => { if (event.key === 'Enter' && !event.nativeEvent.isComposing) save(); if (event.key === 'Escape') onDone() }}
    />
  )
}

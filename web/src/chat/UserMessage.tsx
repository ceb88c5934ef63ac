import { lazy, Suspense, useState } from 'react'
import Pencil from 'lucide-react/icons/pencil'
import { useT } from '@/i18n'
import type { Message } from '@/lib/types'
import { IconButton } from '@/ui'
import { AttachmentChip } from './AttachmentChip'
import { Branches } from './Branches'
import { useHue } from '@/lib/useHue'
import { CopyButton, textOf } from './CopyButton'

const MessageEditor = lazy(() => import('./MessageEditor'))

export function UserMessage({ message }: { message: Message }) {
  const t = useT('chat')
  const [editing, setEditing] = useState(false)
  const files = message.parts.filter((part) => part.type === 'attachment')
  if (editing) return <Suspense><MessageEditor message={message} onClose={() => setEditing(false)} /></Suspense>
  return (
    <article className="you" aria-label={t('you')}>
      <div className="you-bubble">
        <Mentioned text={textOf(message)} />
        {files.length > 0 && <div className="chips">{files.map((part) => <AttachmentChip key={part.attachment_id} chatId={message.chat_id} part={part} />)}</div>}
      </div>
      <footer className="actions">
        <CopyButton message={message} />
        <IconButton size="s" label={t('edit')} icon={<Pencil size={14} />} onClick={() => setEditing(true)} />
        <Branches message={message} />
      </footer>
    </article>
  )
}

/** The text as written, with a leading @agent in the agent's colour. */
function Mentioned({ text }: { text: string }) {
  const hue = useHue()
  const name = /^@([a-z][\w-]*)/.exec(text)?.[1]
  if (name === undefined) return <div className="you-text">{text}</div>
  return <div className="you-text"><span className="hue" style={{ '--h': hue(name) }}>@{name}</span>{text.slice(name.length + 1)}</div>
}

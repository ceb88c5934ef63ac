import { useState } from 'react'
import { useT } from '@/i18n'
import type { Message } from '@/lib/types'
import { Button } from '@/ui'
import { textOf } from './CopyButton'
import { useSend } from './useSend'

/** A sent message as a text field; sending it again begins another branch. */
export default function MessageEditor({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT('chat')
  const { edit } = useSend()
  const [text, setText] = useState(() => textOf(message))
  const [sending, setSending] = useState(false)
  const send = async () => {
    if (text.trim() === '') return
    setSending(true)
    await edit(message, text.trim())
    onClose()
  }
  return (
    <form className="you-editor" onSubmit={(event) => { event.preventDefault(); void send() }}>
      <textarea
        className="input" aria-label={t('edit')} rows={Math.min(12, text.split('\n').length + 1)} value={text} autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
          else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); void send() }
        }}
      />
      <div className="row end">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" loading={sending}>{t('editSend')}</Button>
      </div>
    </form>
  )
}

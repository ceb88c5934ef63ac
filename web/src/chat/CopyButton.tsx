import { useState } from 'react'
import Check from 'lucide-react/icons/check'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import type { Message } from '@/lib/types'
import { IconButton, toastError } from '@/ui'

export const textOf = (message: Message): string => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('\n\n')

export function CopyButton({ message }: { message: Message }) {
  const t = useT('chat')
  const [done, setDone] = useState(false)
  const copy = () => copyText(textOf(message)).then(() => { setDone(true); setTimeout(() => setDone(false), 1500) }, toastError)
  return <IconButton size="s" label={done ? t('copied') : t('copyMessage')} icon={done ? <Check size={14} /> : <Copy size={14} />} onClick={() => void copy()} />
}

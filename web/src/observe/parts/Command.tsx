import type { ReactNode } from 'react'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { IconButton, toast, toastError } from '@/ui'

/** A command line to carry away. */
export function Command({ text }: { text: string }): ReactNode {
  const t = useT('observe')
  return (
    <div className="command">
      <code tabIndex={0}>{text}</code>
      <IconButton size="s" label={t('copy')} icon={<Copy size={14} />} onClick={() => void copyText(text).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)} />
    </div>
  )
}

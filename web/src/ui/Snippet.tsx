import type { ReactNode } from 'react'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { Button } from './Button'
import { toast, toastError } from './toast'
import './snippet.css'

interface SnippetProps {
  text: string
  label: string
  block?: boolean
  /** What is copied, where only a part of it is shown. */
  whole?: string
}

/** Text to carry away by copying: a key, an address, a piece of code. */
export function Snippet({ text, label, block = false, whole = text }: SnippetProps): ReactNode {
  const t = useT('shell')
  const copy = () => void copyText(whole).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
  return (
    <div className={block ? 'snippet snippet-block' : 'snippet'}>
      {block ? <pre tabIndex={0} role="group" aria-label={label}><code>{text}</code></pre> : <code tabIndex={0} aria-label={label} role="group">{text}</code>}
      <Button size="s" aria-label={`${t('copy')}: ${label}`} icon={<Copy size={13} />} onClick={copy}>{t('copy')}</Button>
    </div>
  )
}

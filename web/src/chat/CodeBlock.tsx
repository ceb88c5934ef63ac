import { memo, useEffect, useRef, useState, type MouseEvent } from 'react'
import Check from 'lucide-react/icons/check'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { afterPaint } from '@/lib/afterPaint'
import { copyText } from '@/lib/clipboard'

interface CodeBlockProps { text: string; lang: string; live?: boolean }

export const CodeBlock = memo(function CodeBlock({ text, lang, live = false }: CodeBlockProps) {
  const t = useT('chat')
  const code = useRef<HTMLElement>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    const element = code.current
    if (live || !element || lang === '') return
    let undo: (() => void) | undefined
    let gone = false
    const colour = () => void import('@/lib/highlight').then(({ highlight }) => highlight(element, text, lang)).then((clear) => { if (gone) clear(); else undo = clear }, () => undefined)
    const cancel = afterPaint(colour)
    return () => { gone = true; cancel(); undo?.() }
  }, [text, lang, live])
  const copy = (event: MouseEvent) => {
    event.stopPropagation()
    void copyText(text).then(() => { setCopied(true); setTimeout(() => setCopied(false), 1500) })
  }
  return (
    <div className="code">
      <div className="code-head">
        <span>{lang || t('text')}</span>
        <button type="button" className="code-copy" onClick={copy} aria-label={t('copyCode')}>
          {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          {copied ? t('copied') : t('copy')}
        </button>
      </div>
      <pre tabIndex={0} role="group" aria-label={t('codeIn', { lang: lang || t('text') })}><code ref={code}>{text}</code></pre>
    </div>
  )
})

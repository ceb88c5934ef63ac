import { useState } from 'react'
import { useT } from '@/i18n'
import type { ToolCallPart } from '@/lib/types'

const short_lines = 14

/** The opened tool card: arguments as sent, the result's preview or the error. */
export function ToolDetail({ part }: { part: ToolCallPart }) {
  const t = useT('chat')
  const hasArgs = Object.keys(part.args).length > 0
  return (
    <div className="tool-detail">
      <Section title={t('args')} text={hasArgs ? argsText(part.args) : t('noArgs')} />
      {part.error !== null && <Section title={t('errorOf')} text={part.error} tone="bad" />}
      {part.result !== null && part.result !== '' && <Section title={t('result')} text={part.result} />}
    </div>
  )
}

function Section({ title, text, tone }: { title: string; text: string; tone?: 'bad' }) {
  const t = useT('chat')
  const [whole, setWhole] = useState(false)
  const lines = text.split('\n')
  const isLong = lines.length > short_lines
  return (
    <section>
      <div className="tool-label" aria-hidden="true">{title}</div>
      <pre className={tone === 'bad' ? 'tone-bad' : undefined} tabIndex={0} role="group" aria-label={title}>{isLong && !whole ? lines.slice(0, short_lines).join('\n') : text}</pre>
      {isLong && !whole && <button type="button" className="link" onClick={() => setWhole(true)}>{t('showMore')}</button>}
    </section>
  )
}

/** Arguments for reading: long strings keep their lines instead of `\n`. */
export function argsText(args: Record<string, unknown>): string {
  return Object.entries(args).map(([name, value]) => {
    if (typeof value !== 'string') return `${name}: ${JSON.stringify(value, null, 2)}`
    return value.includes('\n') ? `${name}:\n${value}` : `${name}: ${value}`
  }).join('\n')
}

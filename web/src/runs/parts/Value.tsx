import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Snippet } from '@/ui/Snippet'
import { prettyOf } from './pretty'

const short_lines = 18
const short_chars = 3000

/** What went into a step or came out of it: JSON laid out, text as it is, long ones cut until asked for. */
export function Value({ label, value }: { label: string; value: unknown }): ReactNode {
  const t = useT('runs')
  const [whole, setWhole] = useState(false)
  const text = prettyOf(value)
  if (text === '') return null
  const short = text.split('\n').slice(0, short_lines).join('\n').slice(0, short_chars)
  const isCut = !whole && short.length < text.length
  return (
    <section className="value">
      <h3>{label}</h3>
      <Snippet block label={label} text={isCut ? `${short}…` : text} {...(isCut && { whole: text })} />
      {isCut && <button type="button" className="link" onClick={() => setWhole(true)}>{t('showAll')}</button>}
    </section>
  )
}

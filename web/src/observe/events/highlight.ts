import type { WireEvent } from '../api/types'
import { wordsOf } from '../filters/filters'
import { summaryOf } from '../store/row'

const before_hit = 28
const snippet_length = 140

/** The text cut at the words searched for: odd pieces are hits. */
export function splitHits(text: string, search: string): string[] {
  const words = wordsOf(search)
  if (words.length === 0) return [text]
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  return text.split(new RegExp(`(${pattern})`, 'gi'))
}

/** A piece of the event's data around the first hit, when the summary does not show it; null otherwise. */
export function snippetOf(event: WireEvent, search: string): string | null {
  const words = wordsOf(search)
  const summary = summaryOf(event).toLowerCase()
  const hidden = words.find((word) => !summary.includes(word))
  if (hidden === undefined) return null
  const body = plain(event.data.body ?? event.data)
  const at = body.toLowerCase().indexOf(hidden)
  if (at < 0) return null
  const start = Math.max(0, at - before_hit)
  return `${start > 0 ? '…' : ''}${body.slice(start, start + snippet_length)}${body.length > start + snippet_length ? '…' : ''}`
}

/** The texts of a JSON value, without its punctuation. */
function plain(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ')
  if (value === null || typeof value !== 'object') return String(value)
  return Object.entries(value).map(([name, member]) => (Array.isArray(value) ? plain(member) : `${name}: ${plain(member)}`)).join(' · ')
}

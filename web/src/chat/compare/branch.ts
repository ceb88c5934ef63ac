import { diffLines, type DiffLine } from '@/artifacts/diff/lines'
import type { Message, Part } from '@/lib/types'
import { summaryOf } from '../summary'

/** A stretch of text: shared by both sides, words that changed, or a line that the other side has none like. */
export interface Piece { text: string; kind: 'same' | 'words' | 'line' }
export interface Pair { left: Message | undefined; right: Message | undefined }
export interface Sides { left: Piece[]; right: Piece[] }

/** The messages of a branch from one on; none when the branch does not hold it. */
export function branchFrom(items: readonly Message[], id: string): Message[] {
  const start = items.findIndex((message) => message.id === id)
  return start < 0 ? [] : items.slice(start)
}

/** Messages of two branches, side by side in order; the longer one stands alone at its end. */
export function pairs(left: readonly Message[], right: readonly Message[]): Pair[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({ left: left[index], right: right[index] }))
}

/** What a message says and does, as text that can be compared. */
export function plainText(message: Message | undefined): string {
  return (message?.parts ?? []).map(partText).filter((text) => text !== '').join('\n\n')
}

function partText(part: Part): string {
  switch (part.type) {
    case 'text': return part.text.trim()
    case 'tool_call': return `→ ${part.tool} ${summaryOf(part.args)}`.trim()
    case 'attachment': return `+ ${part.name}`
    default: return ''
  }
}

/** Both texts cut into what they share and what only one of them has. */
export function sidesOf(before: string, after: string): Sides {
  const { lines } = diffLines(before, after)
  return {
    left: lines.filter(({ kind }) => kind !== 'add').flatMap(cut),
    right: lines.filter(({ kind }) => kind !== 'del').flatMap(cut),
  }
}

function cut({ kind, text, marks }: DiffLine): Piece[] {
  if (kind === 'same') return [same(`${text}\n`)]
  // A line without a partner that resembles it differs as a whole.
  if (marks.length === 0) return text === '' ? [same('\n')] : [{ text, kind: 'line' }, same('\n')]
  const pieces: Piece[] = []
  let at = 0
  for (const [start, end] of marks) {
    pieces.push(same(text.slice(at, start)), { text: text.slice(start, end), kind: 'words' })
    at = end
  }
  return [...pieces, same(`${text.slice(at)}\n`)].filter((piece) => piece.text !== '')
}

const same = (text: string): Piece => ({ text, kind: 'same' })

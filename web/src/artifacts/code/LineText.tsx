import { memo, type ReactNode } from 'react'
import type { Span } from '../diff/lines'
import type { Token } from './highlight'

interface Piece extends Token {
  marked: boolean
}

/** Tokens cut where marks begin and end. */
export function cutTokens(tokens: readonly Token[], marks: readonly Span[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { text, kind } of tokens) {
    const end = at + text.length
    const cuts = new Set([at, end])
    for (const span of marks) for (const cut of span) if (cut > at && cut < end) cuts.add(cut)
    const edges = [...cuts].sort((a, b) => a - b)
    edges.slice(1).forEach((to, index) => {
      const from = edges[index] ?? at
      pieces.push({ text: text.slice(from - at, to - at), kind, marked: marks.some((span) => span[0] <= from && to <= span[1]) })
    })
    at = end
  }
  return pieces
}

interface Props {
  text: string
  tokens: readonly Token[] | undefined
  marks?: readonly Span[]
}
const NO_MARKS: readonly Span[] = []

/** One line's text, coloured once its tokens are known. */
export const LineText = memo(function LineText({ text, tokens, marks = NO_MARKS }: Props): ReactNode {
  if (!tokens && marks.length === 0) return <span className="line-text">{text || '\u200b'}</span>
  const pieces = cutTokens(tokens ?? [{ text, kind: 'plain' }], marks)
  return (
    <span className="line-text">
      {pieces.map((piece, index) => (
        <span key={index} className={`tok-${piece.kind}${piece.marked ? ' mark' : ''}`}>
          {piece.text}
        </span>
      ))}
      {text === '' && '\u200b'}
    </span>
  )
})

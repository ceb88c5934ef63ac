import { endOfLeaf, isClosing, isOpening } from './scan'

const newline = (depth: number): string => `\n${'  '.repeat(depth)}`

/** Valid JSON with a member a line; numbers and strings stay as they are written. */
export function formatJson(text: string): string {
  const parts: string[] = []
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    const sign = text.charAt(at)
    if (sign <= ' ') at++
    else if (isOpening(code)) {
      const inside = firstOf(text, at + 1)
      if (isClosing(text.charCodeAt(inside))) {
        parts.push(sign, text.charAt(inside))
        at = inside + 1
      } else {
        parts.push(sign, newline(++depth))
        at++
      }
    } else if (isClosing(code)) {
      parts.push(newline(--depth), sign)
      at++
    } else if (sign === ',') {
      parts.push(',', newline(depth))
      at++
    } else if (sign === ':') {
      parts.push(': ')
      at++
    } else {
      const to = endOfLeaf(text, at)
      parts.push(text.slice(at, to))
      at = to
    }
  }
  return parts.join('')
}

function firstOf(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charAt(at) <= ' ') at++
  return at
}

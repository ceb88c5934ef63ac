export interface Piece { text: string; isMarked: boolean }

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The text in pieces, those that match a term marked: words that begin with it, whatever their case. */
export function marked(text: string, terms: readonly string[]): Piece[] {
  const words = [...new Set(terms.map((term) => term.trim()).filter((term) => term !== ''))].sort((a, b) => b.length - a.length)
  if (words.length === 0) return [{ text, isMarked: false }]
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.map(escaped).join('|')})[\\p{L}\\p{N}]*`, 'giu')
  const pieces: Piece[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (index > end) pieces.push({ text: text.slice(end, index), isMarked: false })
    pieces.push({ text: found, isMarked: true })
    end = index + found.length
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end), isMarked: false })
  return pieces
}

import type { Match } from '../api/types'

export interface FileMatches { path: string; matches: Match[] }

/** Matches by file, in the order in which files were found. */
export function byFile(matches: readonly Match[]): FileMatches[] {
  const files = new Map<string, Match[]>()
  for (const match of matches) {
    const known = files.get(match.path)
    if (known) known.push(match)
    else files.set(match.path, [match])
  }
  return [...files].map(([path, found]) => ({ path, matches: found }))
}

export interface Snippet { before: string; hit: string; after: string }
/** So much of a line is shown before its match. */
const most_before = 28
const most_shown = 240

/** The part of a line around its match. `length` is that of the match where it is known, else to the word's end. */
export function snippet({ text, column }: Pick<Match, 'text' | 'column'>, length: number | null): Snippet {
  const at = Math.max(0, Math.min(column - 1, text.length))
  const end = length === null ? at + (/^\S+/.exec(text.slice(at))?.[0].length ?? 0) : at + length
  const start = Math.max(0, at - most_before)
  const before = (start > 0 ? '…' : '') + (start > 0 ? text.slice(start, at) : text.slice(0, at).trimStart())
  return { before, hit: text.slice(at, end), after: text.slice(end, end + most_shown) }
}

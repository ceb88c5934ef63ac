import { matchSequences } from './sequence'

/** A stretch of characters, end exclusive. */
export type Span = [start: number, end: number]

export interface DiffLine {
  kind: 'same' | 'add' | 'del'
  /** Line number in the older text, 0 for an added line. */
  before: number
  /** Line number in the newer text, 0 for a removed line. */
  after: number
  text: string
  /** What changed inside the line, when it has a partner that resembles it. */
  marks: Span[]
}
export interface Fold {
  kind: 'fold'
  /** Index in the full list of lines of the first hidden one. */
  from: number
  count: number
}
export interface Diff {
  lines: DiffLine[]
  added: number
  removed: number
}

const CONTEXT_LINES = 3
const MIN_LIKENESS = 0.4
const MAX_MARKED_LINE = 2000

/** Every line of both texts in reading order; removed lines stand before those that replace them. */
export function diffLines(before: string, after: string): Diff {
  const [a, b] = [splitLines(before), splitLines(after)]
  const [keysA, keysB] = intern(a, b)
  const lines: DiffLine[] = []
  let [x, y] = [0, 0]
  const flush = (xTo: number, yTo: number): void => {
    const start = lines.length
    for (; x < xTo; x++) lines.push({ kind: 'del', before: x + 1, after: 0, text: a[x] ?? '', marks: [] })
    const middle = lines.length
    for (; y < yTo; y++) lines.push({ kind: 'add', before: 0, after: y + 1, text: b[y] ?? '', marks: [] })
    markPairs(lines.slice(start, middle), lines.slice(middle))
  }
  for (const [xMatch, yMatch] of matchSequences(keysA, keysB)) {
    flush(xMatch, yMatch)
    lines.push({ kind: 'same', before: ++x, after: ++y, text: b[yMatch] ?? '', marks: [] })
  }
  flush(a.length, b.length)
  return { lines, added: count(lines, 'add'), removed: count(lines, 'del') }
}

function count(lines: DiffLine[], kind: DiffLine['kind']): number {
  return lines.reduce((sum, line) => sum + Number(line.kind === kind), 0)
}

export function splitLines(text: string): string[] {
  if (text === '') return []
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Equal lines become equal numbers. */
function intern(a: string[], b: string[]): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return known
  }
  return [Int32Array.from(a, numberOf), Int32Array.from(b, numberOf)]
}

function markPairs(removed: DiffLine[], added: DiffLine[]): void {
  for (let index = 0; index < Math.min(removed.length, added.length); index++) {
    const [old, fresh] = [removed[index], added[index]]
    if (old && fresh) [old.marks, fresh.marks] = diffWords(old.text, fresh.text)
  }
}

/** Stretches that differ between two lines; none when they have too little in common for marks to help. */
export function diffWords(before: string, after: string): [Span[], Span[]] {
  if (before.length > MAX_MARKED_LINE || after.length > MAX_MARKED_LINE) return [[], []]
  const [a, b] = [splitWords(before), splitWords(after)]
  const [keysA, keysB] = intern(a, b)
  const matches = matchSequences(keysA, keysB)
  const common = matches.reduce((sum, [x]) => sum + (a[x]?.trim().length ?? 0), 0)
  const longer = Math.max(before.replace(/\s/g, '').length, after.replace(/\s/g, '').length)
  if (longer === 0 || common / longer < MIN_LIKENESS) return [[], []]
  return [gaps(a, new Set(matches.map(([x]) => x))), gaps(b, new Set(matches.map(([, y]) => y)))]
}

function splitWords(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}

/** Character spans of the words not kept, neighbours joined. */
function gaps(words: string[], kept: Set<number>): Span[] {
  const spans: Span[] = []
  let at = 0
  words.forEach((word, index) => {
    const end = at + word.length
    if (!kept.has(index)) {
      const last = spans.at(-1)
      if (last?.[1] === at) last[1] = end
      else spans.push([at, end])
    }
    at = end
  })
  return spans
}

/** The lines a reader wants: changes with three lines around them; what is far from any change folds, unless `open` holds its start. */
export function foldUnchanged(lines: readonly DiffLine[], open: ReadonlySet<number>): (DiffLine | Fold)[] {
  const near = new Uint8Array(lines.length)
  lines.forEach((line, index) => {
    if (line.kind === 'same') return
    near.fill(1, Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
  })
  const rows: (DiffLine | Fold)[] = []
  for (let at = 0; at < lines.length;) {
    let end = at
    while (end < lines.length && near[end] === near[at]) end++
    const hidden = near[at] === 0 && !open.has(at) && end - at > 1
    if (hidden) rows.push({ kind: 'fold', from: at, count: end - at })
    else rows.push(...lines.slice(at, end))
    at = end
  }
  return rows
}

/** RFC 4180 with the liberties real files take: BOM, any line ending, quotes inside bare cells, `;`, tab and `|` as delimiters. */

export type Delimiter = ',' | ';' | '\t' | '|'

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']
const SAMPLE_ROWS = 30
const SAMPLE_CHARS = 64_000

const QUOTE = 34
const LF = 10
const CR = 13
const BOM = 0xfeff

/** The delimiter that cuts the first rows into the most even and widest table; a comma when nothing speaks for another. */
export function guessDelimiter(text: string): Delimiter {
  const sample = text.slice(0, SAMPLE_CHARS)
  let best: Delimiter = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const score = evenness(scanRows(sample, delimiter, SAMPLE_ROWS).rows)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

function evenness(rows: string[][]): number {
  const widths = rows.map((row) => row.length)
  const first = widths[0]
  if (first === undefined || first < 2) return 0
  const even = widths.filter((width) => width === first).length / widths.length
  return even * even * (1 + Math.log2(first))
}

/** Rows of cells, and where in the text each begins. */
export interface Scanned {
  rows: string[][]
  starts: number[]
}

/** The rows of a text, blank lines left out. */
export function parseCsv(text: string, delimiter?: Delimiter): string[][] {
  return scanCsv(text, delimiter).rows
}

/** As `parseCsv`, with the place of each row, at which `readCells` finds it again. */
export function scanCsv(text: string, delimiter: Delimiter = guessDelimiter(text)): Scanned {
  return scanRows(text, delimiter, Infinity)
}

/** The cells of the row that begins at a place in the text. */
export function readCells(text: string, start: number, delimiter: Delimiter): string[] {
  const row: string[] = []
  readRow(text, start, delimiter.charCodeAt(0), row)
  return row
}

function scanRows(text: string, delimiter: Delimiter, limit: number): Scanned {
  const scanned: Scanned = { rows: [], starts: [] }
  const cut = delimiter.charCodeAt(0)
  let at = text.charCodeAt(0) === BOM ? 1 : 0
  while (at < text.length && scanned.rows.length < limit) {
    const row: string[] = []
    const start = at
    at = readRow(text, at, cut, row)
    if (row.length === 1 && row[0] === '') continue
    scanned.rows.push(row)
    scanned.starts.push(start)
  }
  return scanned
}

/** Reads one row from `at` into `row`; gives where the next one starts. */
function readRow(text: string, start: number, cut: number, row: string[]): number {
  let at = start
  for (;;) {
    at = text.charCodeAt(at) === QUOTE ? readQuoted(text, at + 1, cut, row) : readBare(text, at, cut, row)
    const code = text.charCodeAt(at)
    if (code === cut) {
      at += 1
      continue
    }
    if (code === CR && text.charCodeAt(at + 1) === LF) return at + 2
    return at + 1
  }
}

function readBare(text: string, start: number, cut: number, row: string[]): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === cut || code === LF || code === CR) break
  }
  row.push(text.slice(start, at))
  return at
}

function readQuoted(text: string, start: number, cut: number, row: string[]): number {
  let cell = ''
  let from = start
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) {
      row.push(cell + text.slice(from))
      return text.length
    }
    cell += text.slice(from, quote)
    if (text.charCodeAt(quote + 1) === QUOTE) {
      cell += '"'
      from = quote + 2
      continue
    }
    return readTail(text, quote + 1, cut, cell, row)
  }
}

/** Whatever stands between a closing quote and the delimiter belongs to the cell as it is. */
function readTail(text: string, start: number, cut: number, cell: string, row: string[]): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === cut || code === LF || code === CR) break
  }
  row.push(at > start ? cell + text.slice(start, at) : cell)
  return at
}

/** The inverse of `parseCsv`: quotes only where a reader needs them. */
export function formatCsv(rows: readonly (readonly string[])[], delimiter: Delimiter = ','): string {
  return rows.map((row) => formatRow(row, delimiter)).join('')
}

/** One row with the end of its line. */
export function formatRow(row: readonly string[], delimiter: Delimiter = ','): string {
  return row.map((cell) => quoteCell(cell, delimiter)).join(delimiter) + '\r\n'
}

function quoteCell(cell: string, delimiter: Delimiter): string {
  const needsQuotes = cell.includes(delimiter) || /["\r\n]/.test(cell) || cell.charCodeAt(0) === BOM
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell
}

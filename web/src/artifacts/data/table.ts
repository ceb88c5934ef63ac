export type ColumnType = 'number' | 'date' | 'boolean' | 'text'
export interface Column {
  name: string
  type: ColumnType
  /** Longest cell seen in a sample, in characters. */
  width: number
}
export interface Table {
  columns: Column[]
  rows: string[][]
}
export interface Sort {
  column: number
  descending: boolean
}

const SAMPLE_ROWS = 400
const NUMBER = /^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?%?$/
const COMMA_NUMBER = /^[+-]?\d+,\d+%?$/
const DATE = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/
const BOOLEAN = /^(true|false|yes|no)$/i

/** A table whose first row names the columns. */
export function tableFromRows([head = [], ...rows]: string[][]): Table {
  return makeTable(head, rows)
}

/**
 * A table from JSON: an array of objects (columns in order of first sight), of arrays, or of plain values;
 * null when the document is something else and belongs in the tree.
 */
export function tableFromJson(value: unknown): Table | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const items: unknown[] = value
  if (items.every(isRecord)) return fromRecords(items)
  if (items.every((item) => Array.isArray(item))) return fromArrays(items as unknown[][])
  return null
}

function fromRecords(items: Record<string, unknown>[]): Table {
  const names = new Set<string>()
  for (const item of items) for (const name of Object.keys(item)) names.add(name)
  const head = [...names]
  return makeTable(
    head,
    items.map((item) => head.map((name) => cellText(item[name]))),
  )
}

function fromArrays(items: unknown[][]): Table {
  const rows = items.map((item) => item.map(cellText))
  const [head = []] = rows
  const named = head.every((cell) => cell !== '' && !NUMBER.test(cell)) && new Set(head).size === head.length
  return named ? makeTable(head, rows.slice(1)) : makeTable([], rows)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}

function makeTable(head: string[], rows: string[][]): Table {
  const count = rows.reduce((widest, row) => Math.max(widest, row.length), head.length)
  const columns = Array.from({ length: count }, (_, index) =>
    describeColumn(head[index]?.trim() || `column ${index + 1}`, index, rows),
  )
  return { columns, rows }
}

function describeColumn(name: string, index: number, rows: string[][]): Column {
  const cells = sampleRows(rows.length).map((row) => (rows[row]?.[index] ?? '').trim())
  const width = cells.reduce((widest, cell) => Math.max(widest, cell.length), 0)
  return { name, type: typeOf(cells.filter(Boolean)), width }
}

/** Row numbers spread evenly but never in step with a pattern of the file: multiples of the golden ratio. */
function sampleRows(count: number): number[] {
  if (count <= SAMPLE_ROWS) return Array.from({ length: count }, (_, row) => row)
  return Array.from({ length: SAMPLE_ROWS }, (_, turn) => Math.floor(((turn * 0.618033988749895) % 1) * count))
}

function typeOf(cells: string[]): ColumnType {
  if (cells.length === 0) return 'text'
  if (cells.every((cell) => !Number.isNaN(toNumber(cell)))) return 'number'
  if (cells.every((cell) => DATE.test(cell))) return 'date'
  if (cells.every((cell) => BOOLEAN.test(cell))) return 'boolean'
  return 'text'
}

/** The number a cell shows (`1,234.5`, `12%` as 12, `3,14`), NaN when it shows none. */
export function toNumber(cell: string): number {
  const text = cell.trim()
  if (text === '') return NaN
  const shown = text.endsWith('%') ? text.slice(0, -1) : text
  if (NUMBER.test(text) && /\d/.test(text)) return Number(shown.replaceAll(',', ''))
  if (COMMA_NUMBER.test(text)) return Number(shown.replace(',', '.'))
  return NaN
}

/** Row numbers of `order` sorted by a column; equal rows keep their order and empty cells come last either way. */
export function sortRows(table: Table, order: readonly number[], sort: Sort | null): number[] {
  if (!sort) return [...order]
  const cells = order.map((row) => (table.rows[row]?.[sort.column] ?? '').trim())
  const positions = order.map((_, index) => index)
  const filled = positions.filter((index) => cells[index] !== '')
  const empty = positions.filter((index) => cells[index] === '')
  const compare = comparer(cells, table.columns[sort.column]?.type ?? 'text')
  const direction = sort.descending ? -1 : 1
  filled.sort((a, b) => direction * compare(a, b) || a - b)
  return [...filled, ...empty].map((index) => order[index] ?? 0)
}

function comparer(cells: string[], type: ColumnType): (a: number, b: number) => number {
  if (type === 'number') {
    const numbers = Float64Array.from(cells, toNumber)
    return (a, b) => compareNumbers(numbers[a] ?? NaN, numbers[b] ?? NaN)
  }
  const keys = type === 'date' ? cells : cells.map(sortKey)
  return (a, b) => compareTexts(keys[a] ?? '', keys[b] ?? '')
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/**
 * A text that sorts by code units as people sort the cell: without regard to case and accents, numbers by value.
 * `Intl.Collator` does the same at twenty times the cost. A breve becomes the last of all characters: it makes й of и.
 */
function sortKey(cell: string): string {
  const plain = /^[\x20-\x7e]*$/.test(cell)
    ? cell.toLowerCase()
    : cell
        .toLowerCase()
        .normalize('NFD')
        .replace(/[\u0300-\u0305\u0307-\u036f]/g, '')
        .replaceAll('\u0306', '\uffff')
  return plain.replace(/\d+/g, (digits) => digits.padStart(16, '0'))
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a - b
}

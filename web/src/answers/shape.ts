export type Row = Record<string, unknown>

/** How a value is best read: as words, a short list, a table of records, or fields one below the other. */
export type Shape =
  | { kind: 'plain'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'table'; columns: string[]; rows: Row[] }
  | { kind: 'fields'; entries: [string, unknown][] }
  | { kind: 'json'; text: string }

const deepest = 4
const most_rows = 200
const most_columns = 8

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** A single value as words. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function shapeOf(value: unknown, depth = 0): Shape {
  if (isPlain(value)) return { kind: 'plain', text: plain(value) }
  if (depth >= deepest) return { kind: 'json', text: JSON.stringify(value, null, 2) }
  if (isRow(value)) {
    const entries = Object.entries(value)
    return entries.length === 0 ? { kind: 'plain', text: '–' } : { kind: 'fields', entries }
  }
  return listShape(value as unknown[])
}

function listShape(items: unknown[]): Shape {
  if (items.length === 0) return { kind: 'plain', text: '–' }
  if (items.length > most_rows) return { kind: 'json', text: JSON.stringify(items, null, 2) }
  if (items.every(isPlain)) return { kind: 'list', items: items.map(plain) }
  const rows = items.filter(isRow)
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const isTable = rows.length === items.length && columns.length <= most_columns && rows.every((row) => Object.values(row).every(isPlain))
  return isTable ? { kind: 'table', columns, rows } : { kind: 'json', text: JSON.stringify(items, null, 2) }
}

import { formatRow, guessDelimiter, scanCsv } from '../data/csv'
import { type Table, tableFromJson, tableFromRows } from '../data/table'
import { whyBroken } from '../json/broken'
import { linesAsList } from './lines'
import type { PackedRows, Source, Understood } from './messages'

/** A source as the page is told of it, and the table that stays here, null where there is none. */
export function understand(source: Source): { understood: Understood; table: Table | null } {
  if (source.format === 'csv') return fromCsv(source.text)
  let value: unknown
  try {
    value = JSON.parse(source.format === 'lines' ? linesAsList(source.text) : source.text)
  } catch (error) {
    return { understood: { is: 'broken', why: whyBroken(source.text, error, source.format === 'lines') }, table: null }
  }
  const table = tableFromJson(value)
  if (!table) return { understood: { is: 'other' }, table }
  return { understood: { is: 'table', columns: table.columns, rows: pack(table.rows) }, table }
}

function fromCsv(text: string): { understood: Understood; table: Table } {
  const delimiter = guessDelimiter(text)
  const { rows, starts } = scanCsv(text, delimiter)
  const table = tableFromRows(rows)
  const packed = { text: null, starts: Uint32Array.from(starts.slice(1)), delimiter, order: ownOrder(table.rows.length) }
  return { understood: { is: 'table', columns: table.columns, rows: packed }, table }
}

function pack(rows: readonly string[][]): PackedRows {
  const starts = new Uint32Array(rows.length)
  let length = 0
  const lines = rows.map((row, index) => {
    const line = formatRow(row)
    starts[index] = length
    length += line.length
    return line
  })
  return { text: lines.join(''), starts, delimiter: ',', order: ownOrder(rows.length) }
}

function ownOrder(count: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(count).map((_, row) => row)
}

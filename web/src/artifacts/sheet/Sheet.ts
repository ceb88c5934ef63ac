import { type Delimiter, readCells } from '../data/csv'
import type { Column } from '../data/table'
import type { PackedRows } from './messages'

/** Rows near the visible ones are read once. */
const KEPT_ROWS = 400

/** A table as the page has it: its columns, and each row when it is looked at. Sorting and filtering are the desk's. */
export class Sheet {
  readonly columns: readonly Column[]
  /** How many rows the file has. */
  readonly count: number
  /** Row numbers as they stand in the file. */
  readonly ownOrder: Uint32Array
  readonly #text: string
  readonly #starts: Uint32Array
  readonly #delimiter: Delimiter
  readonly #kept = new Map<number, readonly string[]>()

  /** `source` is the text that the rows are in where they brought none. */
  constructor(columns: readonly Column[], { text, starts, delimiter, order }: PackedRows, source: string) {
    this.columns = columns
    this.count = starts.length
    this.#text = text ?? source
    this.#starts = starts
    this.#delimiter = delimiter
    this.ownOrder = order
  }

  /** The cells of a row of the file, none where there is no such row; the same array for as long as it is near. */
  cells(row: number | undefined): readonly string[] {
    const start = row === undefined ? undefined : this.#starts[row]
    if (row === undefined || start === undefined) return []
    const known = this.#kept.get(row)
    if (known) return known
    if (this.#kept.size >= KEPT_ROWS) this.#kept.clear()
    const cells = readCells(this.#text, start, this.#delimiter)
    this.#kept.set(row, cells)
    return cells
  }
}

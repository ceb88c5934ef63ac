import type { Delimiter } from '../data/csv'
import type { Column, Sort } from '../data/table'

/** A text with a table in it; `lines` is JSON a line. */
export interface Source {
  format: 'csv' | 'json' | 'lines'
  text: string
}

/** What the reader wants to see of a table, and in which order. */
export interface Wish {
  filter: string
  sort: Sort | null
}

/** Rows as delimited text and the place where each begins: whoever holds both reads a row when it is looked at. */
export interface PackedRows {
  /** Null where it is the text of the source itself, which need not come back. */
  text: string | null
  starts: Uint32Array<ArrayBuffer>
  delimiter: Delimiter
  /** Row numbers as they stand in the file. */
  order: Uint32Array<ArrayBuffer>
}

/** How a source was understood: a table, a JSON document that is none, or not even JSON. */
export type Understood =
  | { is: 'table'; columns: Column[]; rows: PackedRows }
  | { is: 'other' }
  | { is: 'broken'; why: string }

/** What the page asks of the worker; the source comes first and once. */
export type Asked = { ask: 'open'; source: Source } | { ask: 'order'; wish: Wish } | { ask: 'copy'; wish: Wish }

/** What the worker answers, in the order in which it was asked. */
export interface Answers {
  open: Understood
  order: Uint32Array<ArrayBuffer>
  copy: string
}
export type Answer = Answers[keyof Answers]

/** The part of a worker, and of what it sees of the page, that both sides need. */
export interface Port<Out, In> {
  postMessage: (message: Out, options: { transfer: Transferable[] }) => void
  onmessage: ((event: MessageEvent<In>) => void) | null
}

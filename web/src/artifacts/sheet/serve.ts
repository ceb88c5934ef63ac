import { formatCsv } from '../data/csv'
import { filterRows } from '../data/filter'
import { sortRows, type Table } from '../data/table'
import type { Answer, Asked, Port, Wish } from './messages'
import { understand } from './understand'

/** The worker's side of a sheet: keeps the table and answers what the page asks about it. */
export function serve(port: Port<Answer, Asked>): void {
  let table: Table = { columns: [], rows: [] }
  port.onmessage = ({ data }) => {
    if (data.ask === 'open') {
      const opened = understand(data.source)
      table = opened.table ?? table
      const { understood } = opened
      port.postMessage(understood, { transfer: understood.is === 'table' ? [understood.rows.starts.buffer, understood.rows.order.buffer] : [] })
    } else if (data.ask === 'order') {
      const order = Uint32Array.from(orderOf(table, data.wish))
      port.postMessage(order, { transfer: [order.buffer] })
    } else {
      port.postMessage(textOf(table, data.wish), { transfer: [] })
    }
  }
}

function orderOf(table: Table, { filter, sort }: Wish): number[] {
  return sortRows(table, filterRows(table, filter), sort)
}

function textOf(table: Table, wish: Wish): string {
  return formatCsv([table.columns.map(({ name }) => name), ...orderOf(table, wish).map((row) => table.rows[row] ?? [])])
}

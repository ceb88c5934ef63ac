import type { ReactNode } from 'react'

export interface Column<Row> {
  id: string
  label: string
  cell: (row: Row) => ReactNode
  align?: 'start' | 'end'
}

interface TableProps<Row> {
  label: string
  columns: Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  onRowClick?: (row: Row) => void
}

export function Table<Row>({ label, columns, rows, rowKey, onRowClick }: TableProps<Row>) {
  return (
    <div className="table-wrap" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>{columns.map((column) => <th key={column.id} scope="col" className={column.align}>{column.label || <span className="sr-only">{column.id}</span>}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={onRowClick ? 'clickable' : undefined} onClick={onRowClick && (() => onRowClick(row))}>
              {columns.map((column) => <td key={column.id} className={column.align}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

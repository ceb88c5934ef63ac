import { memo, type ReactNode } from 'react'
import type { Column } from '../data/table'
import type { Cell } from './moves'

const LONGEST_SHOWN = 300

interface Props {
  id: string
  /** Place on screen. */
  index: number
  /** Place in the file, from 1. */
  number: number
  cells: readonly string[]
  columns: readonly Column[]
  /** Active column, null when the active cell is elsewhere. */
  active: number | null
  onCell: (cell: Cell) => void
}

export const GridRow = memo(function GridRow({ id, index, number, cells, columns, active, onCell }: Props): ReactNode {
  return (
    <div role="row" aria-rowindex={index + 2} className="grid-row">
      <span role="rowheader" className="grid-index">
        {number}
      </span>
      {columns.map((column, at) => (
        <span
          key={at}
          role="gridcell"
          id={`${id}-${index}-${at}`}
          className={`grid-cell grid-${column.type}${active === at ? ' grid-active' : ''}`}
          aria-colindex={at + 1}
          onClick={() => onCell({ row: index, column: at })}
        >
          {(cells[at] ?? '').slice(0, LONGEST_SHOWN)}
        </span>
      ))}
    </div>
  )
})

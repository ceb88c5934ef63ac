import { type CSSProperties, type KeyboardEvent, type ReactNode, type RefObject, useId, useMemo, useRef } from 'react'
import { copyText } from '@/lib/clipboard'
import { toastError } from '@/ui'
import type { Column, Sort } from '../data/table'
import type { Sheet } from '../sheet/Sheet'
import { GridRow } from './GridRow'
import { HeadRow } from './HeadRow'
import { type Cell, moveCell } from './moves'
import { ROW_PX, scrollTopFor } from './rows'
import type { Arranged } from './useOrder'
import { useRows } from './useRows'

const CHAR_PX = 8.2
const MIN_COLUMN_PX = 72
const CELL_PADDING_PX = 26
/** Padding, the type's mark and the sorting arrow. */
const HEAD_EXTRA_PX = 62
const MAX_COLUMN_PX = 320
/** Wider files show their first columns; the file itself downloads whole. */
const MAX_COLUMNS = 200

interface Props {
  sheet: Sheet
  arranged: Arranged
  sort: Sort | null
  onSort: (column: number) => void
  label: string
  cell: Cell
  onCell: (cell: Cell) => void
}

/** The WAI-ARIA grid pattern over virtual rows: one tab stop, arrows move the active cell, Enter on a header sorts. */
export function Grid({ sheet, arranged, sort, onSort, label, cell, onCell }: Props): ReactNode {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const columns = useMemo(() => sheet.columns.slice(0, MAX_COLUMNS), [sheet])
  const { order } = arranged
  const rows = useRows(scroller, order.length)
  const numberWidth = Math.max(44, String(sheet.count).length * CHAR_PX + 24)
  const template = useMemo(
    () => [`${numberWidth}px`, ...columns.map((column) => `${columnWidth(column)}px`)].join(' '),
    [columns, numberWidth],
  )
  const shown = { row: Math.min(cell.row, order.length - 1), column: Math.min(cell.column, columns.length - 1) }
  const onKeyDown = (event: KeyboardEvent): void =>
    steer(event, { cell: shown, scroller, sheet, order, columns: columns.length, onSort, onCell, id })
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={order.length + 1}
      aria-colcount={sheet.columns.length}
      aria-busy={arranged.isBusy}
      aria-activedescendant={`${id}-${shown.row}-${shown.column}`}
      onKeyDown={onKeyDown}
      style={{ '--columns': template } as CSSProperties}
    >
      <HeadRow
        id={id}
        columns={columns}
        sort={sort}
        active={shown.row === -1 ? shown.column : null}
        onSort={(column) => {
          onCell({ row: -1, column })
          onSort(column)
        }}
      />
      <div role="rowgroup" className="grid-rows" style={{ height: order.length * ROW_PX }}>
        <div role="presentation" style={{ transform: `translateY(${(rows[0] ?? 0) * ROW_PX}px)` }}>
          {rows.map((row) => (
            <GridRow
              key={row}
              id={id}
              index={row}
              number={(order[row] ?? 0) + 1}
              cells={sheet.cells(order[row])}
              columns={columns}
              active={shown.row === row ? shown.column : null}
              onCell={onCell}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function columnWidth({ name, width }: Column): number {
  const wanted = Math.max(MIN_COLUMN_PX, width * CHAR_PX + CELL_PADDING_PX, name.length * CHAR_PX + HEAD_EXTRA_PX)
  return Math.round(Math.min(MAX_COLUMN_PX, wanted))
}

interface Steer {
  cell: Cell
  scroller: RefObject<HTMLDivElement | null>
  sheet: Sheet
  order: Uint32Array
  columns: number
  onSort: (column: number) => void
  onCell: (cell: Cell) => void
  id: string
}

function steer(event: KeyboardEvent, { cell, scroller, sheet, order, columns, onSort, onCell, id }: Steer): void {
  const ctrl = event.ctrlKey || event.metaKey
  if (ctrl && event.key.toLowerCase() === 'c' && !window.getSelection()?.toString()) {
    const text = cell.row < 0 ? sheet.columns[cell.column]?.name : sheet.cells(order[cell.row])[cell.column]
    copyText(text ?? '').catch(toastError)
    return
  }
  if (cell.row < 0 && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault()
    onSort(cell.column)
    return
  }
  const box = scroller.current
  const pageRows = Math.max(1, Math.floor((box?.clientHeight ?? 0) / ROW_PX) - 2)
  const next = moveCell(cell, event.key, ctrl, { rows: order.length, columns, pageRows })
  if (!next) return
  event.preventDefault()
  onCell(next)
  if (box && next.row >= 0) box.scrollTop = scrollTopFor(next.row, box.scrollTop, box.clientHeight)
  requestAnimationFrame(() =>
    document.getElementById(`${id}-${next.row}-${next.column}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
  )
}

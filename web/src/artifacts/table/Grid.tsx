import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, type ReactNode, type RefObject, useId, useMemo, useRef } from 'react'
import { copyText } from '@/lib/clipboard'
import { toastError } from '@/ui'
import type { Column, Table } from '../data/table'
import { GridRow } from './GridRow'
import { HeadRow } from './HeadRow'
import { type Cell, moveCell } from './moves'
import type { TableState } from './useTable'

export const ROW_PX = 28
const CHAR_PX = 8.2
const MIN_COLUMN_PX = 72
const CELL_PADDING_PX = 26
/** Padding, the type's mark and the sorting arrow. */
const HEAD_EXTRA_PX = 62
const MAX_COLUMN_PX = 320
/** Wider files show their first columns; the file itself downloads whole. */
const MAX_COLUMNS = 200

interface Props {
  table: Table
  state: TableState
  label: string
  cell: Cell
  onCell: (cell: Cell) => void
}

/** The WAI-ARIA grid pattern over virtual rows: one tab stop, arrows move the active cell, Enter on a header sorts. */
export function Grid({ table, state, label, cell, onCell }: Props): ReactNode {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const columns = table.columns.slice(0, MAX_COLUMNS)
  const { order } = state
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    useFlushSync: false,
    scrollPaddingStart: ROW_PX,
  })
  const numberWidth = Math.max(44, String(table.rows.length).length * CHAR_PX + 24)
  const template = useMemo(
    () => [`${numberWidth}px`, ...columns.map((column) => `${columnWidth(column)}px`)].join(' '),
    [table, numberWidth],
  )
  const items = virtual.getVirtualItems()
  const shown = { row: Math.min(cell.row, order.length - 1), column: Math.min(cell.column, columns.length - 1) }
  const onKeyDown = (event: KeyboardEvent): void =>
    steer(event, { cell: shown, virtual, scroller, table, state, columns: columns.length, onCell, id })
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={order.length + 1}
      aria-colcount={table.columns.length}
      aria-activedescendant={`${id}-${shown.row}-${shown.column}`}
      onKeyDown={onKeyDown}
      style={{ '--columns': template } as CSSProperties}
    >
      <HeadRow
        id={id}
        columns={columns}
        sort={state.sort}
        active={shown.row === -1 ? shown.column : null}
        onSort={(column) => {
          onCell({ row: -1, column })
          state.cycleSort(column)
        }}
      />
      <div role="rowgroup" className="grid-rows" style={{ height: virtual.getTotalSize() }}>
        <div role="presentation" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => (
            <GridRow
              key={item.index}
              id={id}
              index={item.index}
              number={(order[item.index] ?? 0) + 1}
              cells={table.rows[order[item.index] ?? -1] ?? []}
              columns={columns}
              active={shown.row === item.index ? shown.column : null}
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
  virtual: Virtualizer<HTMLDivElement, Element>
  scroller: RefObject<HTMLDivElement | null>
  table: Table
  state: TableState
  columns: number
  onCell: (cell: Cell) => void
  id: string
}

function steer(event: KeyboardEvent, { cell, virtual, scroller, table, state, columns, onCell, id }: Steer): void {
  const ctrl = event.ctrlKey || event.metaKey
  if (ctrl && event.key.toLowerCase() === 'c' && !window.getSelection()?.toString()) {
    copyText(
      cell.row < 0 ? (table.columns[cell.column]?.name ?? '') : (table.rows[state.order[cell.row] ?? -1]?.[cell.column] ?? ''),
    ).catch(toastError)
    return
  }
  if (cell.row < 0 && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault()
    state.cycleSort(cell.column)
    return
  }
  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2)
  const next = moveCell(cell, event.key, ctrl, { rows: state.order.length, columns, pageRows })
  if (!next) return
  event.preventDefault()
  onCell(next)
  if (next.row >= 0) virtual.scrollToIndex(next.row)
  requestAnimationFrame(() =>
    document.getElementById(`${id}-${next.row}-${next.column}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
  )
}

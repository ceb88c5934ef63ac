import { useId, useMemo, useRef, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import ArrowUp from 'lucide-react/icons/arrow-up'
import { useT } from '@/i18n'
import { useMedia } from '@/lib/useMedia'
import { count } from '@/lib/format'
import { narrow } from '../parts/useEvery'
import type { Row } from '../store/row'
import { useTopic } from '../store/useObserve'
import { measureColumns, shownColumns, type ColumnId } from './columns'
import { EventRow } from './EventRow'
import { useRows } from './useRows'

interface Props { chosen: readonly ColumnId[]; search: string; open: Row | null; onOpen: (row: Row | null) => void }

const head_px = 32
const row_px = 30
const phone_row_px = 54

/** The table of events, newest first: one tab stop, arrows move, Enter opens. */
export function EventTable({ chosen, search, open, onOpen }: Props): ReactNode {
  const t = useT('observe')
  const { window } = useTopic('rows')
  const isPhone = useMedia(narrow)
  const height = isPhone ? phone_row_px : row_px
  const head = isPhone ? 0 : head_px
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const { first, last } = useRows(scroller, window, height, head)
  const columns = useMemo(() => shownColumns(chosen, isPhone), [chosen, isPhone])
  const { template, least_px } = measureColumns(columns)
  const { rows } = window
  const total = rows.length
  const openIndex = open === null ? -1 : total - 1 - window.indexOf(open.seq)
  const rowAt = (index: number): Row | undefined => rows[total - 1 - index]
  const toTop = () => scroller.current?.scrollTo({ top: 0 })

  const goTo = (index: number) => {
    const row = rowAt(Math.max(0, Math.min(total - 1, index)))
    const box = scroller.current
    if (!row || !box) return
    onOpen(row)
    const top = Math.max(0, Math.min(total - 1, index)) * height
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + height > box.scrollTop + box.clientHeight - head) box.scrollTop = top + height - box.clientHeight + head
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / height) - 2
    const here = openIndex < 0 ? first - 1 : openIndex
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(here + 1), ArrowUp: () => goTo(here - 1), PageDown: () => goTo(here + page), PageUp: () => goTo(here - page),
      Home: () => { if (!window.atNewest) void window.open('newest'); toTop() }, End: () => goTo(total - 1), Enter: () => goTo(openIndex < 0 ? first : openIndex), Escape: () => onOpen(null),
    }
    const move = moves[event.key]
    if (!move || event.target !== event.currentTarget) return
    event.preventDefault()
    move()
  }
  return (
    <div className="events-table">
      {!window.following && window.fresh > 0 && (
        <button type="button" className="events-fresh" onClick={() => { if (!window.atNewest) void window.open('newest'); toTop() }}>
          <ArrowUp size={13} aria-hidden />{t('newEvents', { n: window.fresh, shown: count(window.fresh) })}
        </button>
      )}
      <div
        ref={scroller} className="events-scroll" role="grid" tabIndex={0} aria-label={t('events')} aria-rowcount={window.atOldest ? total + 1 : -1} aria-colcount={columns.length}
        aria-activedescendant={openIndex >= first && openIndex < last ? `${id}-${open?.seq}` : undefined} onKeyDown={onKeyDown}
        style={{ '--columns': template, '--least': `${least_px}px` } as CSSProperties}
      >
        <div role="row" aria-rowindex={1} className="events-headrow">{columns.map((column) => <span key={column.id} role="columnheader" className={`ev-${column.id}`}>{t(column.labelKey)}</span>)}</div>
        <div role="rowgroup" className="events-rows" style={{ height: total * height }}>
          <div role="presentation" style={{ transform: `translateY(${first * height}px)` }}>
            {Array.from({ length: Math.max(0, Math.min(last, total) - first) }, (_, at) => {
              const index = first + at
              const row = rowAt(index)
              return row && <EventRow key={row.seq} id={`${id}-${row.seq}`} row={row} index={window.following ? null : index} columns={columns} search={search} active={index === openIndex} onOpen={onOpen} />
            })}
          </div>
        </div>
      </div>
    </div>
  )
}

import { memo, type CSSProperties, type ReactNode } from 'react'
import { duration } from '@/lib/format'
import { clock } from '../chart/ticks'
import { hueOf } from '../parts/hue'
import { shortType, type Row } from '../store/row'
import type { ColumnId, EventColumn } from './columns'
import { splitHits } from './highlight'

interface Props {
  id: string
  row: Row
  /** Place in the list, from the newest; null while the list grows at the top, where it would change all the time. */
  index: number | null
  columns: readonly EventColumn[]
  search: string
  active: boolean
  onOpen: (row: Row) => void
}

/** A row of the event table; one element a cell, so that many rows stay few elements. */
export const EventRow = memo(function EventRow({ id, row, index, columns, search, active, onOpen }: Props): ReactNode {
  return (
    <div role="row" id={id} aria-rowindex={index === null ? undefined : index + 2} aria-selected={active} className={`event-row tone-${row.tone}`} onClick={() => onOpen(row)}>
      {columns.map(({ id: column }) => <Cell key={column} row={row} column={column} search={search} />)}
    </div>
  )
})

function Cell({ row, column, search }: { row: Row; column: ColumnId; search: string }): ReactNode {
  const style = column === 'agent' ? ({ '--h': hueOf(row.agent) } as CSSProperties) : undefined
  return <span role="gridcell" className={`ev-${column} cut ${column === 'agent' ? 'ob-agent' : ''}`} style={style}>{contentOf(row, column, search)}</span>
}

function contentOf(row: Row, column: ColumnId, search: string): ReactNode {
  switch (column) {
    case 'time': return clock(row.ts)
    case 'type': return shortType(row.type)
    case 'source': return row.source
    case 'project': return row.project
    case 'agent': return row.agent
    case 'session': return row.session.slice(0, 8)
    case 'tool': return row.tool
    case 'took': return row.duration_ms === null ? null : duration(row.duration_ms)
    case 'seq': return row.seq
    case 'summary': return <><Hits text={row.summary} search={search} />{row.snippet !== null && <span className="ev-snippet"> <Hits text={row.snippet} search={search} /></span>}</>
  }
}

/** A text with what was searched for marked. */
export function Hits({ text, search }: { text: string; search: string }): ReactNode {
  if (search === '') return text
  return splitHits(text, search).map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece))
}

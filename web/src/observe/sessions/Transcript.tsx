import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import { clock } from '../chart/ticks'
import { hueOf } from '../parts/hue'
import { shortType, type Row } from '../store/row'

interface Props {
  rows: readonly Row[]
  /** The row to keep in sight, -1 for the end. */
  at: number
  onOpen: (row: Row) => void
  openId: string | null
}

const row_px = 46
const overscan = 6
const near_end_px = 60

/** Events in the order they happened, two lines each, as a conversation reads. */
export function Transcript({ rows, at, onOpen, openId }: Props): ReactNode {
  const t = useT('observe')
  const scroller = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState({ first: 0, last: 30 })
  const isAtEnd = useRef(true)
  const see = () => {
    const box = scroller.current
    if (!box) return
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < near_end_px
    const first = Math.max(0, Math.floor(box.scrollTop / row_px) - overscan)
    const last = Math.ceil((box.scrollTop + box.clientHeight) / row_px) + overscan
    setRange((now) => (now.first === first && now.last === last ? now : { first, last }))
  }
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    if (at >= 0) box.scrollTop = Math.max(0, at * row_px - box.clientHeight * 0.6)
    else if (isAtEnd.current) box.scrollTop = box.scrollHeight
    see()
  }, [at, rows.length])
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const watcher = new ResizeObserver(see)
    watcher.observe(box)
    return () => watcher.disconnect()
  }, [])
  return (
    <div ref={scroller} className="transcript" role="region" tabIndex={0} aria-label={t('events')} onScroll={see}>
      <ol style={{ height: rows.length * row_px }}>
        {rows.slice(range.first, range.last).map((row, index) => (
          <li key={row.seq} style={{ top: (range.first + index) * row_px }} className={range.first + index === at ? 'now' : undefined}>
            <button type="button" className={`said tone-${row.tone}`} aria-pressed={row.id === openId} onClick={() => onOpen(row)} style={{ '--h': hueOf(row.agent) } as CSSProperties}>
              <span className="said-head tiny"><span className="ev-type">{shortType(row.type)}</span><span className="ob-agent cut">{row.agent}</span><span className="faint nowrap">{row.duration_ms !== null && `${duration(row.duration_ms)} · `}{clock(row.ts)}</span></span>
              <span className="said-text cut small">{row.summary || row.tool || '—'}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}

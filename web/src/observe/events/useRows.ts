import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { EventWindow } from '../store/window'

const overscan = 5
/** So many rows before an end is reached, the next page is asked for. */
const ahead_rows = 120

export interface Visible { first: number; last: number }

/**
 * Which rows of a window are on screen, newest at the top. Rows that come in above never move what is being read: the
 * first visible row keeps its place by its number.
 */
export function useRows(scroller: RefObject<HTMLDivElement | null>, window: EventWindow, row_px: number, head_px: number): Visible {
  const [range, setRange] = useState<Visible>({ first: 0, last: 40 })
  const anchor = useRef({ seq: 0, offset: 0 })
  const count = window.rows.length
  const look = useRef(() => undefined as void)
  look.current = () => {
    const box = scroller.current
    if (!box) return
    const top = Math.max(0, box.scrollTop)
    window.follow(top < row_px)
    const index = Math.floor(top / row_px)
    anchor.current = { seq: window.rows[window.rows.length - 1 - index]?.seq ?? 0, offset: top - index * row_px }
    const first = Math.max(0, index - overscan)
    const last = Math.min(window.rows.length, Math.ceil((top + box.clientHeight - head_px) / row_px) + overscan)
    setRange((now) => (now.first === first && now.last === last ? now : { first, last }))
    if (window.status !== 'ready') return
    if (last + ahead_rows >= window.rows.length) void window.older()
    if (first < ahead_rows) void window.newer()
  }
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const { seq, offset } = anchor.current
    if (!window.following && seq !== 0) {
      const top = (window.rows.length - 1 - window.indexOf(seq)) * row_px + offset
      if (Math.abs(top - box.scrollTop) >= 1) box.scrollTop = top
    }
    look.current()
  }, [scroller, window, row_px, count, window.rows[0]?.seq, window.rows[count - 1]?.seq])
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const onScroll = () => look.current()
    box.addEventListener('scroll', onScroll, { passive: true })
    const watcher = new ResizeObserver(onScroll)
    watcher.observe(box)
    return () => { box.removeEventListener('scroll', onScroll); watcher.disconnect() }
  }, [scroller])
  return range
}

import { useLayoutEffect, useState, type RefObject } from 'react'

export const row_px = 26
const overscan = 12

/** Which of so many rows of one height are in sight, with some to spare. */
export function useShownRows(scroller: RefObject<HTMLElement | null>, count: number): { first: number; last: number } {
  const [range, setRange] = useState({ first: 0, last: 60 })
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = () => {
      const first = Math.max(0, Math.floor(box.scrollTop / row_px) - overscan)
      const last = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / row_px) + overscan)
      setRange((now) => (now.first === first && now.last === last ? now : { first, last }))
    }
    look()
    box.addEventListener('scroll', look, { passive: true })
    const watcher = new ResizeObserver(look)
    watcher.observe(box)
    return () => { box.removeEventListener('scroll', look); watcher.disconnect() }
  }, [scroller, count])
  return range
}

import { type RefObject, useLayoutEffect, useState } from 'react'
import { drawn, ROW_PX, type View, viewOf } from './rows'

/** Numbers of the rows to draw in a box that scrolls. All are of one height, so no list of all of them is kept. */
export function useRows(box: RefObject<HTMLElement | null>, count: number, rowPx = ROW_PX): number[] {
  const [view, setView] = useState<View>({ first: 0, room: 0 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const look = (): void => {
      const now = viewOf(element.scrollTop, element.clientHeight, rowPx)
      setView((known) => (known.first === now.first && known.room === now.room ? known : now))
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [box, rowPx])
  return drawn(view, count)
}

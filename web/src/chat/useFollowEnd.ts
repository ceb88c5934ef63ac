import { useLayoutEffect, type RefObject } from 'react'

/** Closer to the end than this, the reader wants to see what comes next. */
const near_end_px = 32

/**
 * Keeps a reader who is at the end at the end, however much arrives at once; one who scrolled up stays where they are.
 * It asks where the reader was before the list grew, so nobody's scrolling has to be told apart from the page's own.
 */
export function useFollowEnd(scroller: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    let { scrollHeight, clientHeight } = box
    const keepEnd = () => {
      const gapBefore = scrollHeight - box.scrollTop - clientHeight
      ;({ scrollHeight, clientHeight } = box)
      if (gapBefore < near_end_px && scrollHeight - box.scrollTop - clientHeight > 0) box.scrollTop = scrollHeight
    }
    const watcher = new ResizeObserver(keepEnd)
    watcher.observe(box)
    for (const child of box.querySelectorAll('.talk-rows')) watcher.observe(child)
    return () => watcher.disconnect()
  }, [scroller])
}

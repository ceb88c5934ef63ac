import { useEffect, useReducer, useRef, useState } from 'react'
import { observe } from '../store/useObserve'
import type { Topic } from '../store/store'

/** Re-renders on changes of a topic, but no more often than this: for words, which nobody reads 60 times a second. */
export function useCalmTopic(topic: Topic, pause_ms: number): void {
  const [, render] = useReducer((n: number) => n + 1, 0)
  const shown = useRef(0)
  shown.current = observe.version(topic)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = -Infinity
    const show = () => { timer = undefined; last = performance.now(); render() }
    const stop = observe.listen(topic, () => { timer ??= setTimeout(show, Math.max(0, last + pause_ms - performance.now())) })
    // It may have changed after this was drawn and before it was listened to.
    if (observe.version(topic) !== shown.current) render()
    return () => { stop(); clearTimeout(timer) }
  }, [topic, pause_ms])
}

/** The time, again and again. */
export function useNow(every_ms: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
  return now
}

/** A phone, or as narrow as one. */
export const narrow = '(max-width: 760px)'

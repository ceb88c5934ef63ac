import { useEffect, useReducer } from 'react'

/** Renders again every so often, so that "40 s ago" keeps telling the truth. */
export function useTick(every_ms: number): void {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
}

import { useEffect, useState, type ReactNode } from 'react'
import { duration } from '@/lib/format'

const tick_ms = 1000

/** How long something took; counting up while it goes. */
export function Took({ from, to }: { from: string | null; to: string | null }): ReactNode {
  const isGoing = from !== null && to === null
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isGoing) return
    const timer = setInterval(() => setNow(Date.now()), tick_ms)
    return () => clearInterval(timer)
  }, [isGoing])
  if (from === null) return <span className="faint">—</span>
  const took_ms = Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from))
  return <span className="tabular nowrap">{isGoing ? clockOf(took_ms) : duration(took_ms)}</span>
}

/** "0:24": what counts up keeps its width. */
function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

import { useEffect, useState, type ReactNode } from 'react'
import { duration } from '@/lib/format'

/** How long something has taken so far. */
export function Elapsed({ since }: { since: number }): ReactNode {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  return <span className="tiny muted elapsed" aria-hidden="true">{duration(Math.max(0, Math.round((now - since) / 100) * 100))}</span>
}

import { useEffect, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import type { PlanTask } from '@/lib/plan'
import './task.css'

const tick_ms = 1000

/** How a task stands in a word or a time: "0:24" while it goes, "21 s" after it. */
export function TaskTime({ task: { status, started_at, duration_ms } }: { task: PlanTask }): ReactNode {
  const t = useT('plans')
  const isGoing = status === 'running' && started_at !== null
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isGoing) return
    const timer = setInterval(() => setNow(Date.now()), tick_ms)
    return () => clearInterval(timer)
  }, [isGoing])
  const word = t(`task_${status}`)
  if (isGoing) {
    const seconds = Math.max(0, Math.floor((now - Date.parse(started_at)) / 1000))
    return <span className="task-time tabular"><span aria-hidden="true">{`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`}</span><span className="sr-only">{word}</span></span>
  }
  if (status === 'succeeded' && duration_ms !== null) return <span className="task-time tabular">{duration(duration_ms)}<span className="sr-only">, {word}</span></span>
  return <span className={`task-time ${status === 'asking' ? 'tone-warn' : status === 'failed' ? 'tone-bad' : ''}`}>{word}</span>
}

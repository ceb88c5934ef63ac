import type { Step } from '../api/types'

/** From when to when a run is drawn, in epoch milliseconds. */
export interface Span { from: number; to: number }

/** The span of all steps that have begun; what still goes reaches to `now`. */
export function spanOf(steps: readonly Step[], now: number): Span {
  const begun = steps.flatMap(({ started_at }) => (started_at === null ? [] : [Date.parse(started_at)]))
  const ended = steps.flatMap(({ started_at, ended_at }) => (started_at === null ? [] : [ended_at === null ? now : Date.parse(ended_at)]))
  if (begun.length === 0) return { from: now, to: now }
  return { from: Math.min(...begun), to: Math.max(...ended, ...begun) }
}

/** Where a step lies in the span, in shares of it from 0 to 1; null for what has not begun. */
export function barOf({ started_at, ended_at }: Step, { from, to }: Span, now: number): { left: number; width: number } | null {
  if (started_at === null) return null
  const whole = Math.max(1, to - from)
  const left = (Date.parse(started_at) - from) / whole
  const width = ((ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at)) / whole
  return { left: Math.min(1, Math.max(0, left)), width: Math.min(1 - left, Math.max(0, width)) }
}

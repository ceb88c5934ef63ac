/** Spans of time that the usage screen offers. */
export const spans = ['24h', '7d', '30d', '90d'] as const
export type Span = (typeof spans)[number]
export interface Range { from: number; to: number; bucket: 'hour' | 'day' }

const hour_ms = 3_600_000
export const day_ms = 24 * hour_ms
export const interval_ms = { hour: hour_ms, day: day_ms } as const
const days: Record<Span, number> = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 }
const most_hours = 3 * 24

const bucketFor = (from: number, to: number): Range['bucket'] => (to - from <= most_hours * hour_ms ? 'hour' : 'day')

/** A span that ends with the present hour: the server counts by whole hours. */
export function rangeOf(span: Span, now: number): Range {
  const to = (Math.floor(now / hour_ms) + 1) * hour_ms
  const from = span === '24h' ? to - day_ms : Math.floor(now / day_ms) * day_ms - (days[span] - 1) * day_ms
  return { from, to, bucket: bucketFor(from, to) }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** From the first through the last of two days as `YYYY-MM-DD`, in the person's own time; null when they are none. */
export function rangeBetween(first: string | undefined, last: string | undefined): Range | null {
  if (first === undefined || last === undefined || !DAY.test(first) || !DAY.test(last)) return null
  const from = new Date(`${first}T00:00`).getTime()
  const end = new Date(`${last}T00:00`)
  end.setDate(end.getDate() + 1)
  const to = end.getTime()
  return Number.isNaN(from) || Number.isNaN(to) || to <= from ? null : { from, to, bucket: bucketFor(from, to) }
}

/** A moment as `YYYY-MM-DD` in the person's own time. */
export function dayOf(at: number): string {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

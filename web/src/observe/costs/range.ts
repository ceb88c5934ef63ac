import { spans_ms, timeRange, type Filters } from '../filters/filters'

export const intervals_ms = { '1m': 60_000, '3m': 180_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000 } as const
export type Interval = keyof typeof intervals_ms

/** More bars than that cannot be told apart. */
const most_buckets = 400
const wanted_buckets = 96

/** The span of time the filters say, a day when they say none; ends on a whole minute, so that the same question is asked again. */
export function costRange(filters: Filters, now: number): { from: number; to: number } {
  const minute = Math.ceil(now / 60_000) * 60_000
  const { from, to } = timeRange(filters, minute)
  const end = to ?? minute
  return { from: from ?? end - spans_ms['24h'], to: end }
}

/** The asked interval where it fits into the span, else the finest that does. */
export function intervalFor(asked: string | undefined, { from, to }: { from: number; to: number }): Interval {
  const all = Object.keys(intervals_ms) as Interval[]
  const fits = (interval: Interval, most: number) => (to - from) / intervals_ms[interval] <= most
  const wanted = all.find((interval) => interval === asked && fits(interval, most_buckets))
  return wanted ?? all.find((interval) => fits(interval, wanted_buckets)) ?? '1h'
}

export const isOffered = (interval: Interval, { from, to }: { from: number; to: number }): boolean => (to - from) / intervals_ms[interval] <= most_buckets

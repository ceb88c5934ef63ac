export interface Left { text: string; urgency: 'calm' | 'soon' | 'now'; isTicking: boolean }

const minute_ms = 60_000
const hour_ms = 60 * minute_ms
const soon_ms = 5 * minute_ms
const now_ms = 30_000
const two = (n: number): string => String(n).padStart(2, '0')

/** The time left until then: minutes and seconds when it is short, hours or days when it is long; null once it is over. */
export function leftUntil(until: string, now: number, words: { hours: (n: number) => string; days: (n: number) => string }): Left | null {
  const left = Date.parse(until) - now
  if (!(left > 0)) return null
  const seconds = Math.ceil(left / 1000)
  const urgency = left <= now_ms ? 'now' : left <= soon_ms ? 'soon' : 'calm'
  if (left < hour_ms) return { text: `${Math.floor(seconds / 60)}:${two(seconds % 60)}`, urgency, isTicking: true }
  const hours = Math.floor(left / hour_ms)
  return { text: hours < 48 ? words.hours(hours) : words.days(Math.floor(hours / 24)), urgency, isTicking: false }
}

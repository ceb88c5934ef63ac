import { language } from '@/i18n'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const steps_ms = [
  10, 20, 50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
  hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day,
]

/** Round moments between two, about `wanted` of them. */
export function timeTicks(from: number, to: number, wanted: number): { at: number[]; step: number } {
  const step = steps_ms.find((size) => (to - from) / size <= wanted) ?? 30 * day
  const zone = step >= hour ? new Date(from).getTimezoneOffset() * minute : 0
  const first = Math.ceil((from - zone) / step) * step + zone
  const at: number[] = []
  for (let tick = first; tick <= to; tick += step) at.push(tick)
  return { at, step }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language(), options)
  formats.set(key, known)
  return known
}

/** A tick in words as fine as its step needs. */
export function tickLabel(at: number, step: number): string {
  if (step >= day) return format({ day: 'numeric', month: 'short' }).format(at)
  if (step >= minute) return format({ hour: '2-digit', minute: '2-digit' }).format(at)
  if (step >= second) return format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
  return format({ minute: '2-digit', second: '2-digit', fractionalSecondDigits: 2 }).format(at)
}

/** "14:03:22.481" */
export const clock = (at: number): string => format({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }).format(at)
export const clockTime = (at: number): string => format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
export const dayTime = (at: number): string => format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)

/** Round values from 0 up to at least `most`. */
export function valueTicks(most: number, wanted: number): number[] {
  if (most <= 0) return [0, 1]
  const rough = most / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step)
}

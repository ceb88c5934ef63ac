/** Cron lines of five fields (minute, hour, day, month, weekday), read as Vixie cron reads them. */

export interface Cron { minute: number[]; hour: number[]; day: number[]; month: number[]; weekday: number[]; anyDay: boolean; anyWeekday: boolean }

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const short: Record<string, string> = { '@hourly': '0 * * * *', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@weekly': '0 0 * * 0', '@monthly': '0 0 1 * *', '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *' }

/** What a cron line says; null when it says nothing that can be read. */
export function parseCron(text: string): Cron | null {
  const line = short[text.trim().toLowerCase()] ?? text.trim()
  const fields = line.split(/\s+/)
  if (fields.length !== 5) return null
  const [minute, hour, day, month, weekday] = [
    valuesOf(fields[0], 0, 59), valuesOf(fields[1], 0, 23), valuesOf(fields[2], 1, 31), valuesOf(fields[3], 1, 12, months, 1), valuesOf(fields[4], 0, 7, weekdays, 0),
  ]
  if (!minute || !hour || !day || !month || !weekday) return null
  const week = [...new Set(weekday.map((value) => value % 7))].sort((one, other) => one - other)
  return { minute, hour, day, month, weekday: week, anyDay: isAny(fields[2]), anyWeekday: isAny(fields[4]) }
}

const isAny = (field = ''): boolean => field.startsWith('*') || field === '?'

/** "1-5", "star/15", "mon,wed" as the sorted numbers that they stand for. */
function valuesOf(field = '', least: number, most: number, names: readonly string[] = [], first = 0): number[] | null {
  const found = new Set<number>()
  for (const part of field.toLowerCase().split(',')) {
    const [range = '', stepText, ...rest] = part.split('/')
    const step = stepText === undefined ? 1 : Number(stepText)
    if (rest.length > 0 || !Number.isInteger(step) || step < 1 || stepText === '') return null
    const bounds = boundsOf(range, stepText !== undefined, [least, most], names, first)
    if (!bounds) return null
    for (let value = bounds[0]; value <= bounds[1]; value += step) found.add(value)
  }
  return [...found].sort((one, other) => one - other)
}

function boundsOf(range: string, isStepped: boolean, [least, most]: [number, number], names: readonly string[], first: number): [number, number] | null {
  if (range === '*' || range === '?') return [least, most]
  const numbers = range.split('-').map((word) => (names.includes(word) ? names.indexOf(word) + first : /^\d{1,2}$/.test(word) ? Number(word) : NaN))
  const [from = NaN, to = isStepped ? most : from] = numbers
  const isRight = numbers.length <= 2 && from >= least && to <= most && from <= to
  return isRight ? [from, to] : null
}

const minute_ms = 60_000
const day_ms = 86_400_000
/** A leap day comes back within eight years. */
const most_days = 366 * 8 + 2

/** The next moments of a schedule, in a time zone; fewer when there are none (such as 31 February). */
export function nextTimes(cron: Cron, zone: string, from: number, count: number): Date[] {
  const clock = clockOf(zone)
  const found: Date[] = []
  const today = clock(from)
  const first = Date.UTC(today.year, today.month - 1, today.day)
  for (let step = 0; step < most_days && found.length < count; step++) {
    const day = new Date(first + step * day_ms)
    if (!isOn(cron, day)) continue
    for (const moment of momentsOf(cron, day, clock)) if (moment > from && found.length < count && found.at(-1)?.getTime() !== moment) found.push(new Date(moment))
  }
  return found
}

/** Day and weekday both said: either will do, as in every cron. */
function isOn(cron: Cron, day: Date): boolean {
  if (!cron.month.includes(day.getUTCMonth() + 1)) return false
  const byDay = cron.day.includes(day.getUTCDate())
  const byWeekday = cron.weekday.includes(day.getUTCDay())
  return cron.anyDay || cron.anyWeekday ? byDay && byWeekday : byDay || byWeekday
}

type Clock = (moment: number) => { year: number; month: number; day: number; hour: number; minute: number }

/** The moments of one local day, in order; a time that the change to summer skips is left out. */
function momentsOf(cron: Cron, day: Date, clock: Clock): number[] {
  return cron.hour.flatMap((hour) => cron.minute.flatMap((minute) => {
    const wall = day.getTime() + hour * 60 * minute_ms + minute * minute_ms
    const moment = wall - offsetAt(wall - offsetAt(wall, clock), clock)
    const shown = clock(moment)
    return shown.hour === hour && shown.minute === minute ? [moment] : []
  })).sort((one, other) => one - other)
}

/** How far the local clock is ahead of UTC at a moment. */
function offsetAt(moment: number, clock: Clock): number {
  const { year, month, day, hour, minute } = clock(moment)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(moment / minute_ms) * minute_ms
}

function clockOf(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
  return (moment) => {
    const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
    return { year: parts.year ?? 0, month: parts.month ?? 1, day: parts.day ?? 1, hour: parts.hour ?? 0, minute: parts.minute ?? 0 }
  }
}

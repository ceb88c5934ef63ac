import type { T } from '@/i18n'
import type { Language } from '@/lib/types'
import type { Cron } from './cron'

const all = { minute: 60, hour: 24, month: 12, weekday: 7, day: 31 }
const most_times = 4
const sunday = Date.UTC(2023, 0, 1)
const day_ms = 86_400_000

/** A schedule in plain words: "Every weekday at 09:00". */
export function wordsOf(cron: Cron, t: T<'runs'>, language: Language): string {
  const sentence = [timeWords(cron, t, language), dayWords(cron, t, language), monthWords(cron, t, language)].filter((part) => part !== '').join(', ')
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

function timeWords({ minute, hour }: Cron, t: T<'runs'>, language: Language): string {
  const everyHour = hour.length === all.hour
  const step = stepOf(minute, all.minute)
  if (minute.length === all.minute) return everyHour ? t('everyMinute') : `${t('everyMinute')} ${t('inHours', { hours: listOf(hour.map((value) => clock(value, 0)), language) })}`
  if (everyHour && step !== null) return t('everyMinutes', { n: step })
  if (everyHour) return t('everyHourAt', { minutes: listOf(minute.map((value) => `:${two(value)}`), language) })
  const hours = stepOf(hour, all.hour)
  if (hours !== null && minute.length === 1) return t('everyHours', { n: hours, minute: two(minute[0] ?? 0) })
  if (hour.length * minute.length <= most_times) return t('atTimes', { times: listOf(hour.flatMap((h) => minute.map((m) => clock(h, m))), language) })
  return `${t('atMinutes', { minutes: listOf(minute.map((value) => `:${two(value)}`), language) })} ${t('inHours', { hours: listOf(hour.map((value) => clock(value, 0)), language) })}`
}

function dayWords({ day, weekday, anyDay, anyWeekday }: Cron, t: T<'runs'>, language: Language): string {
  const onDays = t('onDays', { days: listOf(day.map(String), language) })
  const onWeekdays = isWorkWeek(weekday) ? t('onWorkdays') : t('onWeekdays', { days: listOf(weekday.map((value) => nameOf(sunday + value * day_ms, { weekday: 'long' }, language)), language) })
  const saysDay = !anyDay && day.length < all.day
  const saysWeekday = !anyWeekday && weekday.length < all.weekday
  if (saysDay && saysWeekday) return t('eitherDay', { one: onDays, other: onWeekdays })
  return saysDay ? onDays : saysWeekday ? onWeekdays : ''
}

function monthWords({ month }: Cron, t: T<'runs'>, language: Language): string {
  if (month.length === all.month) return ''
  return t('inMonths', { months: listOf(month.map((value) => nameOf(Date.UTC(2023, value - 1, 15), { month: 'long' }, language)), language) })
}

const two = (value: number): string => String(value).padStart(2, '0')
const clock = (hour: number, minute: number): string => `${two(hour)}:${two(minute)}`
const isWorkWeek = (weekday: readonly number[]): boolean => weekday.join() === '1,2,3,4,5'
const nameOf = (moment: number, part: Intl.DateTimeFormatOptions, language: Language): string => new Intl.DateTimeFormat(language, { ...part, timeZone: 'UTC' }).format(moment)
const listOf = (items: readonly string[], language: Language): string => new Intl.ListFormat(language, { type: 'conjunction' }).format(items)

/** The even step that values from 0 on have, all the way round; null when they have none. */
function stepOf(values: readonly number[], of: number): number | null {
  const step = values[1]
  if (values[0] !== 0 || step === undefined || of % step !== 0 || values.length !== of / step) return null
  return values.every((value, index) => value === index * step) ? step : null
}

import { language } from '@/i18n'
import type { Language } from './types'

/** "2 min ago", in the person's language. */
export function ago(time: string | number): string {
  const seconds = (new Date(time).getTime() - Date.now()) / 1000
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12], ['year', Infinity]]
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' })
  let amount = seconds
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return format.format(Math.round(amount), unit)
    amount /= size
  }
  return ''
}

export function dateTime(time: string | number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))
}

const units: Record<Language, { ms: string; s: string; min: string; sizes: string[] }> = {
  en: { ms: 'ms', s: 's', min: 'min', sizes: ['B', 'kB', 'MB', 'GB'] },
  pt: { ms: 'ms', s: 's', min: 'min', sizes: ['B', 'kB', 'MB', 'GB'] },
  ru: { ms: 'мс', s: 'с', min: 'мин', sizes: ['Б', 'кБ', 'МБ', 'ГБ'] },
}

const marks: Record<Language, { decimal: string; group: string }> = { en: { decimal: '.', group: ',' }, pt: { decimal: ',', group: '.' }, ru: { decimal: ',', group: '\u00a0' } }

/** A number as the person writes it. The first `Intl.NumberFormat` of a page takes some 15 ms, in the midst of its first rows. */
export function number(amount: number, most_digits = 0, least_digits = 0): string {
  const { decimal, group } = marks[language()]
  const [whole = '', rest = ''] = amount.toFixed(most_digits).split('.')
  const digits = rest.slice(0, least_digits) + rest.slice(least_digits).replace(/0+$/, '')
  return whole.replace(/\B(?=(\d{3})+$)/g, group) + (digits === '' ? '' : decimal + digits)
}

/** "12 ms", "1.4 s", "1 min 12 s". */
export function duration(ms: number): string {
  const unit = units[language()]
  if (ms < 1000) return `${number(ms, 0)} ${unit.ms}`
  if (ms < 60_000) return `${number(ms / 1000, ms < 10_000 ? 1 : 0)} ${unit.s}`
  return `${Math.floor(ms / 60_000)} ${unit.min} ${Math.floor((ms % 60_000) / 1000)} ${unit.s}`
}

export function bytes(size: number): string {
  const { sizes } = units[language()]
  const step = size < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(size) / 3))
  return `${number(size / 1000 ** step, 1)} ${sizes[step]}`
}

const thousands: Record<Language, string[]> = { en: ['K', 'M', 'B'], pt: ['\u00a0mil', '\u00a0mi', '\u00a0bi'], ru: ['\u00a0тыс.', '\u00a0млн', '\u00a0млрд'] }

/** "9,812", "12.4K", "1.2M". */
export function count(amount: number): string {
  if (amount < 10_000) return number(amount, 1)
  let step = Math.min(3, Math.floor(Math.log10(amount) / 3))
  if (step < 3 && Math.round((amount / 1000 ** step) * 10) >= 10_000) step++
  return number(amount / 1000 ** step, 1) + thousands[language()][step - 1]
}

/** A decimal string of US dollars; small sums keep enough digits to be told apart. */
export function money(usd: string): string {
  const amount = Number(usd)
  const sum = number(amount, amount !== 0 && amount < 0.1 ? 4 : 2, 2)
  const shapes: Record<Language, string> = { en: `$${sum}`, pt: `US$\u00a0${sum}`, ru: `${sum}\u00a0$` }
  return shapes[language()]
}

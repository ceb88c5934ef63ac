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

const rounded = (amount: number, digits: number): string => new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(amount)

/** "12 ms", "1.4 s", "1 min 12 s". */
export function duration(ms: number): string {
  const unit = units[language()]
  if (ms < 1000) return `${rounded(ms, 0)} ${unit.ms}`
  if (ms < 60_000) return `${rounded(ms / 1000, ms < 10_000 ? 1 : 0)} ${unit.s}`
  return `${Math.floor(ms / 60_000)} ${unit.min} ${Math.floor((ms % 60_000) / 1000)} ${unit.s}`
}

export function bytes(size: number): string {
  const { sizes } = units[language()]
  const step = size < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(size) / 3))
  return `${rounded(size / 1000 ** step, 1)} ${sizes[step]}`
}

export function count(amount: number): string {
  return new Intl.NumberFormat(language(), { notation: amount >= 10_000 ? 'compact' : 'standard', maximumFractionDigits: 1 }).format(amount)
}

/** A decimal string of US dollars; small sums keep enough digits to be told apart. */
export function money(usd: string): string {
  const amount = Number(usd)
  const digits = amount !== 0 && amount < 0.1 ? 4 : 2
  return new Intl.NumberFormat(language(), { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: digits }).format(amount)
}

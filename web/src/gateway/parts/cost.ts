import { language } from '@/i18n'
import { money, number } from '@/lib/format'

const cent = 0.01
const significant = 3
const most_digits = 9

/** A sum of dollars; below a cent as many digits as it takes to tell calls apart, since one costs millionths. */
export function cost(usd: string | number | null | undefined): string {
  const amount = Number(usd ?? 0)
  if (amount === 0 || Math.abs(amount) >= cent) return money(String(amount))
  const zeros = -Math.floor(Math.log10(Math.abs(amount))) - 1
  const digits = Math.min(most_digits, zeros + significant)
  const sum = number(amount, digits, 2)
  return { en: `$${sum}`, pt: `US$\u00a0${sum}`, ru: `${sum}\u00a0$` }[language()]
}

/** A share of a whole as whole per cents; a dash where there is no whole. */
export const percent = (part: number, whole: number): string => (whole === 0 ? '—' : `${number((100 * part) / whole, 0)}\u00a0%`)

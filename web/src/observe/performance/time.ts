import { language } from '@/i18n'
import { duration } from '@/lib/format'

const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1, style: 'unit', unit: 'millisecond', unitDisplay: 'short' } as const

/** Milliseconds, with the digit that matters below ten. */
export const time = (ms: number): string => (ms < 10 ? new Intl.NumberFormat(language(), tenths).format(ms) : duration(ms))

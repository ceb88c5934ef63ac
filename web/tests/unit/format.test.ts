import { afterAll, expect, test, vi } from 'vitest'
import { count, duration, money, number } from '@/lib/format'

const state = vi.hoisted(() => ({ language: 'en' as 'en' | 'pt' | 'ru' }))
vi.mock('@/i18n', () => ({ language: () => state.language }))
afterAll(() => { state.language = 'en' })

const amounts = [0, 0.0241, 0.07, 0.5, 0.96, 7, 12.34, 999, 999.96, 1000, 1234.5, 9999, 10_000, 12_400, 99_951, 999_949, 999_999, 1_250_000, 123_456_789, 4_200_000_000]

test.each(['en', 'pt', 'ru'] as const)('numbers, sums and counts in %s read as Intl writes them', (language) => {
  state.language = language
  for (const amount of amounts) {
    const intl = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options).format(amount)
    expect(number(amount, 1)).toBe(intl({ maximumFractionDigits: 1 }))
    expect(money(String(amount))).toBe(intl({ style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: amount !== 0 && amount < 0.1 ? 4 : 2 }))
    expect(count(amount)).toBe(intl({ notation: amount >= 10_000 ? 'compact' : 'standard', maximumFractionDigits: 1 }))
  }
})

test('durations name the unit that fits', () => {
  state.language = 'en'
  expect([12, 1400, 18_200, 72_000].map(duration)).toEqual(['12 ms', '1.4 s', '18 s', '1 min 12 s'])
  state.language = 'ru'
  expect(duration(1400)).toBe('1,4 с')
})

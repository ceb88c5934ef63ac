import { beforeAll, describe, expect, test, vi } from 'vitest'
import { load, setLanguage, translator } from '@/i18n'
import type { Language } from '@/lib/types'
import { nextTimes, parseCron } from './cron'
import { wordsOf } from './words'

beforeAll(() => vi.stubGlobal('document', { documentElement: { lang: '' } }))

const times = (line: string, zone: string, from: string, count = 3) => {
  const cron = parseCron(line)
  return cron && nextTimes(cron, zone, Date.parse(from), count).map((moment) => moment.toISOString().slice(0, 16))
}

describe('a cron line', () => {
  test('reads names, ranges, lists and steps', () => {
    expect(parseCron('*/20 9-11 * jan mon-fri')).toMatchObject({ minute: [0, 20, 40], hour: [9, 10, 11], month: [1], weekday: [1, 2, 3, 4, 5] })
    expect(parseCron('5,35 0 1 * 7')).toMatchObject({ minute: [5, 35], weekday: [0] })
    expect(parseCron('10/25 * * * *')?.minute).toEqual([10, 35])
    expect(parseCron('@weekly')).toMatchObject({ minute: [0], hour: [0], weekday: [0] })
  })

  test.each(['', '* * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '*/0 * * * *', '5-1 * * * *', 'a * * * *', '1-2-3 * * * *', '*/ * * * *', '-1 * * * *'])('%j is refused', (line) => {
    expect(parseCron(line)).toBeNull()
  })
})

describe('the next times', () => {
  test('come in the zone of the schedule', () => {
    expect(times('0 9 * * *', 'Europe/Lisbon', '2026-07-01T00:00:00Z', 2)).toEqual(['2026-07-01T08:00', '2026-07-02T08:00'])
    expect(times('0 9 * * *', 'Asia/Tokyo', '2026-07-01T00:00:00Z', 1)).toEqual(['2026-07-02T00:00'])
  })

  test('keep to the clock on the wall when summer begins and ends', () => {
    expect(times('0 9 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1)).toEqual(['2026-03-29T07:00'])
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1)).toEqual(['2026-03-30T00:30'])
    expect(times('0 9 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 1)).toEqual(['2026-10-25T08:00'])
  })

  test('a day and a weekday: either will do', () => {
    expect(times('0 0 13 * fri', 'UTC', '2026-02-01T00:00:00Z', 3)).toEqual(['2026-02-06T00:00', '2026-02-13T00:00', '2026-02-20T00:00'])
  })

  test('never come for a day that no month has, and come for a leap day', () => {
    expect(times('0 0 31 2 *', 'UTC', '2026-01-01T00:00:00Z')).toEqual([])
    expect(times('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual(['2028-02-29T00:00'])
  })

  test('the present minute is not next', () => {
    expect(times('0 9 * * *', 'UTC', '2026-07-01T09:00:00Z', 1)).toEqual(['2026-07-02T09:00'])
  })
})

test.each<[Language, string, string]>([
  ['en', '0 9 * * 1-5', 'At 09:00, on weekdays'], ['en', '*/15 * * * *', 'Every 15 minutes'], ['en', '0 */6 * * *', 'Every 6 hours at :00'], ['en', '30 8 1 * *', 'At 08:30, on day 1 of the month'],
  ['en', '5 * * * *', 'Every hour at :05'], ['en', '0 9,18 * * mon,wed', 'At 09:00 and 18:00, on Monday and Wednesday'], ['en', '0 0 1 1 *', 'At 00:00, on day 1 of the month, in January'],
  ['pt', '0 9 * * 1-5', 'Às 09:00, nos dias úteis'], ['ru', '0 9 * * 1-5', 'В 09:00, по будням'], ['ru', '*/5 * * * *', 'Каждые 5 минут'],
])('%s reads %s', async (language, line, words) => {
  await load('runs', language)
  await setLanguage(language)
  const cron = parseCron(line)
  expect(cron && wordsOf(cron, translator('runs'), language)).toBe(words)
})

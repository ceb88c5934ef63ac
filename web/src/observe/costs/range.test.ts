import { expect, test } from 'vitest'
import { everything } from '../filters/filters'
import { costRange, intervalFor } from './range'

const hour_ms = 3_600_000

test('without a time it is a day that ends on a whole minute', () => {
  expect(costRange(everything, 90_000_001)).toEqual({ from: 90_060_000 - 24 * hour_ms, to: 90_060_000 })
})

test.each([[hour_ms, '1m'], [6 * hour_ms, '5m'], [24 * hour_ms, '15m'], [90 * 24 * hour_ms, '1h']])('%d ms are shown in steps of %s', (length, interval) => {
  expect(intervalFor(undefined, { from: 0, to: length })).toBe(interval)
})

test('an interval is kept while its bars can be told apart', () => {
  expect(intervalFor('1m', { from: 0, to: 6 * hour_ms })).toBe('1m')
  expect(intervalFor('1m', { from: 0, to: 24 * hour_ms })).toBe('15m')
})

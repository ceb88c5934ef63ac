import { expect, it } from 'vitest'
import { cost, percent } from './cost'

it.each([
  ['0', '$0.00'], [null, '$0.00'], ['0.01', '$0.01'], ['1234.5', '$1,234.50'], ['0.000405', '$0.000405'], ['0.0000012345', '$0.00000123'], ['0.0099', '$0.0099'], ['0.000000001', '$0.000000001'],
])('%j is written %s', (usd, text) => {
  expect(cost(usd)).toBe(text)
})

it('shares of nothing are a dash', () => {
  expect(percent(1, 4).replace('\u00a0', ' ')).toBe('25 %')
  expect(percent(0, 0)).toBe('—')
})

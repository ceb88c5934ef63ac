import { describe, expect, it } from 'vitest'
import type { UsageRow } from '../api/types'
import { csv, usageCsv } from './csv'
import { loggedNames } from './logged'
import { day_ms, dayOf, rangeBetween, rangeOf } from './range'
import { pressed, sorted } from './sorting'

const row = (key: string, change: Partial<UsageRow> = {}): UsageRow => ({
  key, label: key, calls: 1, errors: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, reasoning_tokens: 0, cost_usd: '0', saved_usd: '0', cache_hits: 0,
  latency_ms_p50: null, first_token_ms_p50: null, ...change,
})

describe('sorted', () => {
  const rows = [row('b', { cost_usd: '10.5' }), row('a', { cost_usd: '9' }), row('c', { cost_usd: '10.5' })]
  const keys = (list: UsageRow[]) => list.map(({ key }) => key).join('')
  it('compares sums as numbers and keeps those alike by name', () => {
    expect(keys(sorted(rows, { by: 'cost', descending: true }))).toBe('bca')
    expect(keys(sorted(rows, { by: 'cost', descending: false }))).toBe('abc')
  })
  it('goes by name both ways', () => {
    expect(keys(sorted(rows, { by: 'name', descending: false }))).toBe('abc')
    expect(keys(sorted(rows, { by: 'name', descending: true }))).toBe('cba')
  })
  it('a heading pressed twice turns round', () => {
    const first = pressed({ by: 'cost', descending: true }, 'calls')
    expect(first).toEqual({ by: 'calls', descending: true })
    expect(pressed(first, 'calls')).toEqual({ by: 'calls', descending: false })
    expect(pressed(first, 'name')).toEqual({ by: 'name', descending: false })
  })
})

describe('csv', () => {
  it('quotes what needs it and ends lines as the standard says', () => {
    expect(csv(['a', 'b'], [['x,y', 'say "hi"'], [null, 1.5], ['two\nlines', true]])).toBe('a,b\r\n"x,y","say ""hi"""\r\n,1.5\r\n"two\nlines",true\r\n')
  })
  it('takes the sting from formulas and leaves numbers alone', () => {
    expect(csv(['a'], [['=SUM(A1)'], ['-2.5'], ['@team'], ['-x']])).toBe("a\r\n'=SUM(A1)\r\n-2.5\r\n'@team\r\n'-x\r\n")
  })
  it('has a line for each row under the names of its figures', () => {
    const [head, line] = usageCsv('model', [row('m', { cost_usd: '0.000405' })]).split('\r\n')
    expect(head?.split(',').slice(0, 3)).toEqual(['model', 'label', 'calls'])
    expect(line).toContain('0.000405')
  })
})

describe('ranges', () => {
  const now = Date.parse('2026-11-21T16:05:10Z')
  it('a day goes by hours to the end of this one, more go by whole days', () => {
    expect(rangeOf('24h', now)).toEqual({ from: Date.parse('2026-11-20T17:00Z'), to: Date.parse('2026-11-21T17:00Z'), bucket: 'hour' })
    expect(rangeOf('7d', now)).toMatchObject({ from: Date.parse('2026-11-15T00:00Z'), bucket: 'day' })
  })
  it('two days are both inside', () => {
    const range = rangeBetween('2026-11-01', '2026-11-02')!
    expect(range.to - range.from).toBe(2 * day_ms)
    expect(range.bucket).toBe('hour')
    expect(dayOf(range.from)).toBe('2026-11-01')
  })
  it.each([['2026-11-02', '2026-11-01'], ['x', '2026-11-01'], [undefined, '2026-11-01']])('%j to %j is none', (first, last) => {
    expect(rangeBetween(first, last)).toBeNull()
  })
})

it('calls are looked for by the names under which the log has them', () => {
  const offered = [['fast', 'alias'], ['a/m', 'a'], ['b/m', 'b'], ['b/org/x', 'b'], ['team', 'entourage']].map(([id = '', owned_by = '']) => ({ id, owned_by }))
  expect(loggedNames(offered)).toEqual(['fast', 'm', 'org/x', 'team'])
})

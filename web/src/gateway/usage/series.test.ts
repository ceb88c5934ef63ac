import { expect, it } from 'vitest'
import { linesOf, REST, together } from './series'

const hour = 3_600_000
const point = (key: string | null, at: string | number, calls: number, cost_usd = '0') => ({ key, at, calls, cost_usd })

it('gathers points of a bucket, the largest line first', () => {
  const lines = linesOf([point('a', 10, 1), point('b', hour + 5, 4), point('a', 20, 2), point(null, '1970-01-01T01:30:00Z', 1)], 'calls', hour)
  expect(lines.map(({ key, sum }) => [key, sum])).toEqual([['b', 4], ['a', 3], ['', 1]])
  expect([...lines[1]!.values]).toEqual([[0, 3]])
  expect([...lines[2]!.values]).toEqual([[hour, 1]])
})

it('makes one line of the smallest of many', () => {
  const lines = linesOf(Array.from({ length: 12 }, (_, index) => point(`m${index}`, 0, index + 1)), 'calls', hour)
  expect(lines).toHaveLength(8)
  expect(lines.at(-1)).toMatchObject({ key: REST, sum: 1 + 2 + 3 + 4 + 5 })
})

it('sums of money are read from their decimal strings', () => {
  expect(together(linesOf([point('a', 0, 1, '0.1'), point('b', 0, 1, '0.25')], 'cost', hour), 'all').values.get(0)).toBeCloseTo(0.35)
})

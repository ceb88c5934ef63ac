import { expect, it } from 'vitest'
import { isUntouched, nextSort } from './wish'

it('sorts up, then down, then not, and begins anew with another column', () => {
  const up = nextSort(null, 2)
  const down = nextSort(up, 2)
  expect([up, down, nextSort(down, 2)]).toEqual([{ column: 2, descending: false }, { column: 2, descending: true }, null])
  expect(nextSort(down, 1)).toEqual({ column: 1, descending: false })
})

it('is untouched without a word in the filter and without sorting', () => {
  expect(isUntouched({ filter: '  ', sort: null })).toBe(true)
  expect(isUntouched({ filter: 'a', sort: null })).toBe(false)
  expect(isUntouched({ filter: '', sort: { column: 0, descending: false } })).toBe(false)
})

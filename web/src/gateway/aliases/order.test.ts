import { describe, expect, it } from 'vitest'
import { moved, placeAt } from './order'

describe('moved', () => {
  it.each([
    [0, 2, 'bca'], [2, 0, 'cab'], [1, 1, 'abc'], [0, 1, 'bac'], [2, 9, 'abc'], [0, -3, 'abc'], [0, 9, 'bca'],
  ])('from %d to %d', (from, to, after) => {
    expect(moved([...'abc'], from, to).join('')).toBe(after)
  })
  it('leaves the given list as it was, and one without such an item too', () => {
    const list = ['a', 'b']
    moved(list, 0, 1)
    expect(list).toEqual(['a', 'b'])
    expect(moved(list, 7, 0)).toEqual(['a', 'b'])
  })
})

describe('placeAt', () => {
  const rows = [0, 40, 80].map((top) => ({ top, height: 40 }))
  it.each([[-50, 0], [10, 0], [21, 1], [59, 1], [61, 2], [99, 2], [500, 2]])('y %d is place %d', (y, place) => {
    expect(placeAt(rows, y)).toBe(place)
  })
  it('of nothing is the first', () => expect(placeAt([], 10)).toBe(0))
})

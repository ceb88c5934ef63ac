import { describe, expect, it } from 'vitest'
import { drawn, ROW_PX, scrollTopFor, viewOf } from './rows'

const height = 10 * ROW_PX
const ends = (scrollTop: number, count: number): (number | undefined)[] => {
  const rows = drawn(viewOf(scrollTop, height), count)
  return [rows[0], rows.at(-1)]
}

describe('drawn', () => {
  it('is what is in sight and a little more, and never more than there is', () => {
    expect(ends(0, 100_000)).toEqual([0, 16])
    expect(ends(500 * ROW_PX, 100_000)).toEqual([494, 516])
    expect(ends(99_990 * ROW_PX, 100_000)).toEqual([99_983, 99_999])
    expect(ends(0, 3)).toEqual([0, 2])
  })

  it('shows the last rows while the box is scrolled beyond them, and nothing in a box without room', () => {
    expect(ends(500 * ROW_PX, 40)).toEqual([23, 39])
    expect(drawn(viewOf(0, height), 0)).toEqual([])
    expect(drawn(viewOf(0, 0), 100)).toEqual([])
  })
})

describe('scrollTopFor', () => {
  it('moves no farther than the row needs, with room for the head', () => {
    expect(scrollTopFor(3, 0, height)).toBe(0)
    expect(scrollTopFor(9, 0, height)).toBe(ROW_PX)
    expect(scrollTopFor(40, 50 * ROW_PX, height)).toBe(40 * ROW_PX)
    expect(scrollTopFor(0, 50 * ROW_PX, height)).toBe(0)
    expect(scrollTopFor(55, 50 * ROW_PX, height)).toBe(50 * ROW_PX)
  })
})

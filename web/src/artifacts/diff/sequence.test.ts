import { describe, expect, it } from 'vitest'
import { matchSequences } from './sequence'
import { random } from '../testing/random'

function longestCommon(a: Int32Array, b: Int32Array): number {
  const lengths = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1))
  for (let x = a.length - 1; x >= 0; x--)
    for (let y = b.length - 1; y >= 0; y--)
      lengths[x]![y] = a[x] === b[y] ? lengths[x + 1]![y + 1]! + 1 : Math.max(lengths[x + 1]![y]!, lengths[x]![y + 1]!)
  return lengths[0]![0]!
}

describe('matchSequences', () => {
  it('pairs equal elements, rising on both sides, for any input', () => {
    const draw = random(7)
    for (let round = 0; round < 400; round++) {
      const a = Int32Array.from({ length: draw(30) }, () => draw(6))
      const b = Int32Array.from({ length: draw(30) }, () => draw(6))
      let [x, y] = [-1, -1]
      for (const [nextX, nextY] of matchSequences(a, b)) {
        expect(a[nextX]).toBe(b[nextY])
        expect(nextX).toBeGreaterThan(x)
        expect(nextY).toBeGreaterThan(y)
        ;[x, y] = [nextX, nextY]
      }
    }
  })

  it('finds the longest common subsequence where nothing is unique', () => {
    const draw = random(11)
    for (let round = 0; round < 100; round++) {
      const a = Int32Array.from({ length: 24 }, () => draw(2))
      const b = Int32Array.from({ length: 24 }, () => draw(2))
      expect(matchSequences(a, b).length).toBe(longestCommon(a, b))
    }
  })

  it('matches all of two equal sequences and none of two foreign ones', () => {
    const a = Int32Array.from({ length: 50_000 }, (_, index) => index)
    expect(matchSequences(a, a)).toHaveLength(50_000)
    expect(
      matchSequences(
        a,
        a.map((value) => value + 100_000),
      ),
    ).toHaveLength(0)
  })
})

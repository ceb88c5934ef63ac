import { describe, expect, it } from 'vitest'
import { random } from '../testing/random'
import { type DiffLine, diffLines, diffWords, foldUnchanged } from './lines'

const side = (lines: DiffLine[], dropped: 'add' | 'del'): string[] =>
  lines.filter((line) => line.kind !== dropped).map((line) => line.text)

describe('diffLines', () => {
  it('holds both texts, each line once and in order', () => {
    const draw = random(3)
    for (let round = 0; round < 200; round++) {
      const before = Array.from({ length: draw(25) }, () => `line ${draw(8)}`)
      const after = Array.from({ length: draw(25) }, () => `line ${draw(8)}`)
      const { lines, added, removed } = diffLines(before.join('\n'), after.join('\n'))
      expect(side(lines, 'add')).toEqual(before)
      expect(side(lines, 'del')).toEqual(after)
      expect(added - removed).toBe(after.length - before.length)
    }
  })

  it('numbers lines as each side counts them', () => {
    const { lines } = diffLines('a\nb\nc', 'a\nx\nc')
    expect(lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['same', 1, 1],
      ['del', 2, 0],
      ['add', 0, 2],
      ['same', 3, 3],
    ])
  })

  it('treats line endings and a final newline as no change', () => {
    expect(diffLines('a\r\nb\r\n', 'a\nb')).toMatchObject({ added: 0, removed: 0 })
    expect(diffLines('', '')).toEqual({ lines: [], added: 0, removed: 0 })
  })

  it('takes a rewritten file of 20,000 lines in its stride', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${index % 7}`).join('\n')
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${index % 5}`).join('\n')
    const started = performance.now()
    expect(diffLines(before, after)).toMatchObject({ added: 20_000, removed: 20_000 })
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('diffWords', () => {
  it('marks only what changed', () => {
    const [before, after] = diffWords('start = time.time()', 'start = time.perf_counter()')
    expect(before.map(([from, to]) => 'start = time.time()'.slice(from, to))).toEqual(['time'])
    expect(after.map(([from, to]) => 'start = time.perf_counter()'.slice(from, to))).toEqual(['perf_counter'])
  })

  it('leaves lines with little in common unmarked', () => {
    expect(diffWords('alpha beta', 'gamma delta')).toEqual([[], []])
  })
})

describe('foldUnchanged', () => {
  const before = Array.from({ length: 40 }, (_, index) => `line ${index}`)
  const after = before.with(20, 'changed')
  const { lines } = diffLines(before.join('\n'), after.join('\n'))

  it('keeps three lines around a change and folds the rest', () => {
    const rows = foldUnchanged(lines, new Set())
    expect(rows.filter((row) => row.kind === 'fold').map((row) => row.count)).toEqual([17, 16])
    expect(rows).toHaveLength(2 + 3 + 2 + 3)
  })

  it('shows a fold that was opened', () => {
    expect(foldUnchanged(lines, new Set([0])).filter((row) => row.kind === 'fold')).toHaveLength(1)
  })
})

import { expect, test } from 'vitest'
import { linesOf } from './HunkView'

const hunk = { id: 'h', header: '@@ -3,3 +3,3 @@', old_start: 3, old_lines: 3, new_start: 3, new_lines: 3, lines: [' a', '-    start = time.time()', '+    start = perf_counter()', ' b', '\\ No newline at end of file'] }

test('lines are numbered on the side where they are', () => {
  expect(linesOf(hunk).map(({ kind, before, after }) => [kind, before, after])).toEqual([['same', 3, 3], ['del', 4, 0], ['add', 0, 4], ['same', 5, 5]])
})

test('what changed inside a line is marked', () => {
  const [, old] = linesOf(hunk)
  expect(old?.marks.map(([start, end]) => old.text.slice(start, end))).toContain('time.time')
})

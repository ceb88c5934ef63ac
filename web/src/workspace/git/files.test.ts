import { expect, test } from 'vitest'
import { groups } from './files'

const file = (path: string, index: string, work_tree: string) => ({ path, index, work_tree, from: null })

test('a file changed again after it was staged stands in both groups, a new one among the changes', () => {
  const { staged, changed } = groups({ files: [file('both', 'M', 'M'), file('new', '?', '?'), file('staged', 'A', '.'), file('gone', '.', 'D')] })
  expect(staged.map(({ path, mark }) => path + mark)).toEqual(['bothM', 'stagedA'])
  expect(changed.map(({ path, mark }) => path + mark)).toEqual(['bothM', 'new?', 'goneD'])
})

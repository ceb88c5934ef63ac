import { expect, test } from 'vitest'
import type { Entry } from '../api/types'
import { above, rowsOf, typed } from './rows'

const entry = (path: string, kind: Entry['kind'] = 'file'): Entry => ({ path, name: path.slice(path.lastIndexOf('/') + 1), kind, size: 1, modified_at: '', etag: null, mime: null, git: null })
const trees = new Map([
  ['', { entries: [entry('b10.py'), entry('b2.py'), entry('src', 'folder'), entry('docs', 'folder')], truncated: false }],
  ['src', { entries: [entry('src/main.py')], truncated: false }],
])

test('folders come first and numbers count', () => {
  expect(rowsOf(trees, new Set()).map(({ entry: { path } }) => path)).toEqual(['docs', 'src', 'b2.py', 'b10.py'])
})

test('an open folder shows what is in it one step further in, and one not fetched yet says so', () => {
  const rows = rowsOf(trees, new Set(['src', 'docs']))
  expect(rows.map(({ entry: { path }, depth }) => [path, depth])).toEqual([['docs', 0], ['src', 0], ['src/main.py', 1], ['b2.py', 0], ['b10.py', 0]])
  expect(rows[0]).toMatchObject({ isOpen: true, isLoading: true, place: 1, of: 4 })
})

test('the folders above a path', () => { expect(above('a/b/c.py')).toEqual(['a', 'a/b']) })

test('typing finds the next name, around the end', () => {
  const rows = rowsOf(trees, new Set())
  expect(typed(rows, 0, 'b')).toBe(2)
  expect(typed(rows, 2, 'b')).toBe(3)
  expect(typed(rows, 3, 'd')).toBe(0)
  expect(typed(rows, 2, 'b1')).toBe(3)
})

import { expect, test } from 'vitest'
import { batches, formOf, fromInput, isLeftOut, type Chosen } from './files'

const sized = (path: string, size: number): Chosen => ({ path, file: Object.defineProperty(new File([], path), 'size', { value: size }) })

test('many small files go in requests of a hundred', () => {
  const made = batches(Array.from({ length: 230 }, (_, index) => sized(`${index}.md`, 10)))
  expect(made.map(({ files }) => files.length)).toEqual([100, 100, 30])
})

test('a request stays under its weight, and what is heavier goes alone', () => {
  const made = batches([sized('a', 40_000_000), sized('b', 20_000_000), sized('c', 20_000_000), sized('d', 200_000_000), sized('e', 1)])
  expect(made.map(({ files }) => files.map(({ path }) => path))).toEqual([['a', 'b'], ['c'], ['d'], ['e']])
})

test('nothing chosen is no request', () => expect(batches([])).toEqual([]))

test.each(['.git/config', 'docs/.hidden/a.md', 'web/node_modules/x/index.js', 'a/__pycache__/b.pyc', '.env'])('%s is left out of a folder', (path) => expect(isLeftOut(path)).toBe(true))
test.each(['docs/a.md', 'a.b.c/d', 'modules/node.md', 'README'])('%s is taken', (path) => expect(isLeftOut(path)).toBe(false))

test('files keep their place in the folder', () => {
  const inner = Object.defineProperty(new File(['x'], 'a.md'), 'webkitRelativePath', { value: 'docs/a.md' })
  expect(fromInput([inner, new File([], 'b.md')]).map(({ path }) => path)).toEqual(['docs/a.md', 'b.md'])
})

test('a form names every file by its path, and the tags', () => {
  const form = formOf({ files: [{ file: new File(['x'], 'a.md'), path: 'docs/a.md' }], bytes: 1 }, ['work'])
  expect(form.getAll('files').map((file) => (file as File).name)).toEqual(['docs/a.md'])
  expect(form.getAll('tags')).toEqual(['work'])
})

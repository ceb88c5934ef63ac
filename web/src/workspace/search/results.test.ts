import { expect, test } from 'vitest'
import { byFile, snippet } from './results'

const match = (path: string, line: number) => ({ path, line, column: 1, text: 'x' })

test('matches of one file stand together, files in the order they were found', () => {
  expect(byFile([match('b', 1), match('a', 1), match('b', 2)]).map(({ path, matches }) => [path, matches.length])).toEqual([['b', 2], ['a', 1]])
})

test('a line is cut around its match', () => {
  const text = `${'.'.repeat(100)}needle tail`
  expect(snippet({ text, column: 101 }, 6)).toEqual({ before: `…${'.'.repeat(28)}`, hit: 'needle', after: ' tail' })
})

test('indentation is not shown, and a match of unknown length ends with its word', () => {
  expect(snippet({ text: '    return value', column: 12 }, null)).toEqual({ before: 'return ', hit: 'value', after: '' })
})

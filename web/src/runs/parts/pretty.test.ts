import { expect, test } from 'vitest'
import { lineOf, prettyOf } from './pretty'

test('JSON is laid out, also where it came as text; a cut one stays as it is', () => {
  expect(prettyOf({ a: 1 })).toBe('{\n  "a": 1\n}')
  expect(prettyOf('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(prettyOf('{"a": "b…')).toBe('{"a": "b…')
  expect(prettyOf('[calls write_file]')).toBe('[calls write_file]')
  expect(prettyOf(null)).toBe('')
})

test('a line is the first words of a value', () => {
  expect(lineOf('{"path":"a.py","content":"x"}')).toBe('a.py')
  expect(lineOf({ n: 3 })).toBe('{"n":3}')
  expect(lineOf('one\n two')).toBe('one two')
  expect(lineOf('x'.repeat(200))).toHaveLength(141)
  expect(lineOf(undefined)).toBe('')
})

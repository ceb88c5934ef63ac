import { expect, test } from 'vitest'
import { event } from '../testing/rows'
import { snippetOf, splitHits } from './highlight'

test('hits are the odd pieces, whatever their case', () => {
  expect(splitHits('Make test, make docs', 'make TEST')).toEqual(['', 'Make', ' ', 'test', ', ', 'make', ' docs'])
  expect(splitHits('a (b) c', '(b)')).toEqual(['a ', '(b)', ' c'])
  expect(splitHits('nothing', '')).toEqual(['nothing'])
})

test('a hit outside the summary is shown with what stands around it', () => {
  const told = event(1, { data: { summary: 'Edit x.py', body: { tool_input: { old_string: `${'a '.repeat(60)}retry(3)` } } } })
  expect(snippetOf(told, 'retry')).toContain('retry(3)')
  expect(snippetOf(told, 'retry')?.startsWith('…')).toBe(true)
  expect(snippetOf(told, 'edit')).toBeNull()
  expect(snippetOf(told, 'absent')).toBeNull()
})

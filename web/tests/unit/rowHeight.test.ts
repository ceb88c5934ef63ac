import { expect, test } from 'vitest'
import { linesOf, rowHeight } from '@/chat/rowHeight'
import { message } from './history'

const said = (text: string, role: 'user' | 'assistant' = 'assistant') => message('m', { role, parts: [{ type: 'text', text }] })

test('lines wrap at the width of the column, and empty lines count', () => {
  expect(linesOf('', 740)).toBe(1)
  expect(linesOf('a\n\nb', 740)).toBe(3)
  expect(linesOf('x'.repeat(250), 740)).toBe(3)
  expect(linesOf('x'.repeat(250), 370)).toBe(5)
})

test('longer answers, narrower columns and tool calls make taller rows; a question needs less than an answer', () => {
  expect(rowHeight(said('short'))).toBeLessThan(rowHeight(said('long '.repeat(200))))
  expect(rowHeight(said('long '.repeat(200)), 740)).toBeLessThan(rowHeight(said('long '.repeat(200)), 350))
  expect(rowHeight(said('short', 'user'))).toBeLessThan(rowHeight(said('short')))
  expect(rowHeight(undefined)).toBe(0)
})

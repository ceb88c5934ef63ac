import { expect, test } from 'vitest'
import { branchFrom, pairs, plainText, sidesOf, type Piece } from '@/chat/compare/branch'
import type { Part } from '@/lib/types'
import { message } from './history'

const words = (pieces: Piece[]) => pieces.map(({ text }) => text).join('').trimEnd()
const marked = (pieces: Piece[]) => pieces.filter(({ kind }) => kind !== 'same').map(({ text }) => text)

test('a branch begins at the message that is compared', () => {
  const items = ['a', 'b', 'c'].map((id) => message(id))
  expect(branchFrom(items, 'b').map(({ id }) => id)).toEqual(['b', 'c'])
  expect(branchFrom(items, 'gone')).toEqual([])
})

test('the longer branch stands alone at its end', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => message(id))
  expect(pairs([a!], [b!, c!])).toEqual([{ left: a, right: b }, { left: undefined, right: c }])
})

test('a message is compared by its words, calls and files, not by its thoughts', () => {
  const call: Part = { type: 'tool_call', tool_call_id: 't', tool: 'run_code', args: { command: 'ls' }, status: 'ok', result: null, error: null, started_at: '', duration_ms: 1, artifacts: [], approval_id: null, child: null }
  const one = message('a', { parts: [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'Look: ' }, call, { type: 'attachment', attachment_id: 'f', name: 'a.txt', mime: 'text/plain', size: 1 }] })
  expect(plainText(one)).toBe('Look:\n\n→ run_code ls\n\n+ a.txt')
  expect(plainText(undefined)).toBe('')
})

test('changed words are marked, each on its own side, and no word is lost', () => {
  const [before, after] = ['I would take arq for this.\n\nIt is small.', 'I would take taskiq for this.\n\nIt is small.\nAnd fast.']
  const { left, right } = sidesOf(before, after)
  expect([words(left), words(right)]).toEqual([before, after])
  expect([marked(left), marked(right)]).toEqual([['arq'], ['taskiq', 'And fast.']])
})

test('texts without a likeness differ whole, equal texts nowhere', () => {
  const { left, right } = sidesOf('A shorter first answer.', 'Entirely other words here')
  expect([marked(left), marked(right)]).toEqual([['A shorter first answer.'], ['Entirely other words here']])
  expect(marked(sidesOf('the same\n\ntwice', 'the same\n\ntwice').left)).toEqual([])
})

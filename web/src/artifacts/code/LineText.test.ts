import { expect, it } from 'vitest'
import { cutTokens } from './LineText'

const tokens = [
  { text: 'start', kind: 'plain' as const },
  { text: ' = ', kind: 'operator' as const },
  { text: 'now()', kind: 'function' as const },
]

it('cuts tokens where marks begin and end, and loses no text', () => {
  const pieces = cutTokens(tokens, [[3, 9]])
  expect(pieces.map((piece) => piece.text).join('')).toBe('start = now()')
  expect(pieces.filter((piece) => piece.marked).map((piece) => piece.text)).toEqual(['rt', ' = ', 'n'])
  expect(pieces.at(-1)).toEqual({ text: 'ow()', kind: 'function', marked: false })
})

it('leaves tokens whole without marks', () => {
  expect(cutTokens(tokens, []).map((piece) => piece.text)).toEqual(['start', ' = ', 'now()'])
})

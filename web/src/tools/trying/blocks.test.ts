import { expect, it } from 'vitest'
import { bytesOf, nameOf, parsed, shownBlocks } from './blocks'

const text = (value: string) => ({ type: 'text', text: value }) as const

it('a text that only repeats the structured content is left out', () => {
  expect(shownBlocks({ content: [text('{"a": 1}')], structured: { a: 1 }, text: '' })).toEqual([])
  expect(shownBlocks({ content: [text('[1, 2]')], structured: { result: [1, 2] }, text: '' })).toEqual([])
  expect(shownBlocks({ content: [text('It is 1.')], structured: { a: 1 }, text: '' })).toHaveLength(1)
  expect(shownBlocks({ content: [text('{"a": 1}')], structured: null, text: '' })).toHaveLength(1)
})

it('without blocks the text is the result', () => {
  expect(shownBlocks({ content: [], structured: null, text: 'hello' })).toEqual([text('hello')])
  expect(shownBlocks({ content: [], structured: null, text: '' })).toEqual([])
})

it('reads base64 and JSON, and refuses what is neither', () => {
  expect([...(bytesOf('aGk=') ?? [])]).toEqual([104, 105])
  expect(bytesOf('***')).toBeNull()
  expect(parsed(' {"a":1}')).toEqual({ a: 1 })
  for (const other of ['12', '"x"', '{', 'text']) expect(parsed(other)).toBeUndefined()
})

it.each([['file:///tmp/a.png', 'a.png'], ['demo://resource/1?x=1', '1'], ['x', 'x']])('%s is saved as %s', (uri, name) => expect(nameOf(uri)).toBe(name))

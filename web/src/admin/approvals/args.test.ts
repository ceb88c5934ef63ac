import { describe, expect, it } from 'vitest'
import { argsText, parseArgs } from './args'

describe('argsText', () => {
  it.each([
    [{ path: 'a.txt' }, 'a.txt'],
    [{ language: 'bash', code: 'ls\npwd' }, 'language: bash\ncode:\nls\npwd'],
    [{ n: 1, deep: { a: [true] } }, 'n: 1\ndeep: {"a":[true]}'],
    [{}, ''],
  ])('%j reads %j', (args, text) => {
    expect(argsText(args)).toBe(text)
  })
})

describe('parseArgs', () => {
  it('takes one object and nothing else', () => {
    expect(parseArgs('{"a": 1}')).toEqual({ a: 1 })
    for (const text of ['', '[1]', 'null', '"x"', '{a: 1}']) expect(parseArgs(text)).toBeNull()
  })
})

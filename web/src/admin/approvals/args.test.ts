import { describe, expect, it } from 'vitest'
import { argsText } from './args'

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

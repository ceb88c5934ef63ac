import { expect, test } from 'vitest'
import { difference, folderOf, isWithin, moved, nameOf, textOf } from './text'

test.each([['abc', 'abXc'], ['abc', 'abc'], ['', 'a'], ['aaa', 'aa'], ['x😀y', 'x😁y'], ['one\ntwo', 'one\nTWO\nthree']])('the stretch between %j and %j makes one of the other', (before, after) => {
  const { from, to, text } = difference(before, after)
  expect(before.slice(0, from) + text + before.slice(to)).toBe(after)
  expect(text).not.toMatch(/\p{Cs}/u)
})

test('bytes that are no text are told from text', () => {
  expect(textOf(new Uint8Array([0xff, 0xfe, 0x41]).buffer)).toBeNull()
  expect(textOf(new Uint8Array([0x41, 0, 0x42]).buffer)).toBeNull()
  expect(textOf(new TextEncoder().encode('\ufeffπ').buffer as ArrayBuffer)).toBe('\ufeffπ')
})

test('paths know their folder, and follow it where it goes', () => {
  expect([nameOf('a/b.py'), folderOf('a/b.py'), folderOf('b.py')]).toEqual(['b.py', 'a', ''])
  expect(isWithin('src', 'srcx/a')).toBe(false)
  expect(moved('src/a.py', 'src', 'lib')).toBe('lib/a.py')
  expect(moved('other/a.py', 'src', 'lib')).toBe('other/a.py')
})

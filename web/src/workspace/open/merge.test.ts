import { expect, test } from 'vitest'
import { merge } from './merge'

const base = 'one\ntwo\nthree\nfour\nfive\n'

test('changes in different places come together', () => {
  expect(merge(base, base.replace('one', 'ONE'), base.replace('five', 'FIVE'))).toEqual({ text: 'ONE\ntwo\nthree\nfour\nFIVE\n', conflicts: 0 })
})

test('a line added by one and a line taken away by the other are both honoured', () => {
  expect(merge(base, base.replace('two\n', 'two\ntwo and a half\n'), base.replace('four\n', '')).text).toBe('one\ntwo\ntwo and a half\nthree\nfive\n')
})

test('the same change by both is made once', () => {
  const changed = base.replace('three', 'THREE')
  expect(merge(base, changed, changed)).toEqual({ text: changed, conflicts: 0 })
})

test('what both changed differently is marked, and nothing of either is lost', () => {
  const { text, conflicts } = merge(base, base.replace('three', 'mine'), base.replace('three', 'theirs'))
  expect(conflicts).toBe(1)
  expect(text).toBe('one\ntwo\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> theirs\nfour\nfive\n')
})

test('a text without a last line end keeps it that way where only one side changed', () => {
  expect(merge('a\nb', 'a\nb', 'a\nb\nc').text).toBe('a\nb\nc')
})

test('an emptied file wins over an untouched one', () => {
  expect(merge(base, '', base)).toEqual({ text: '', conflicts: 0 })
})

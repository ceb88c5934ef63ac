import { expect, test } from 'vitest'
import { memoryOf } from '../testing/memories'
import { bodyOf, changeOf, formOf, mistakeOf, tagsOf } from './form'

const fact = memoryOf({ text: 'Releases go out on Thursdays.', tags: ['team', 'plans'], importance: 0.5, valid_until: '2027-01-31T23:59:59Z' })

test('a memory that was not touched changes nothing', () => expect(changeOf(fact, formOf(fact))).toEqual({}))

test('only what was touched is sent', () => {
  expect(changeOf(fact, { ...formOf(fact), text: 'Releases go out on Fridays. ' })).toEqual({ text: 'Releases go out on Fridays.' })
  expect(changeOf(fact, { ...formOf(fact), tags: 'team', shared: false })).toEqual({ tags: ['team'], shared: false })
  expect(changeOf(fact, { ...formOf(fact), importance: '0.9' })).toEqual({ importance: 0.9 })
})

test('a day that is taken away lets the fact hold for ever', () => expect(changeOf(fact, { ...formOf(fact), valid_until: '' })).toEqual({ valid_until: null }))
test('a fact holds to the end of its day', () => expect(bodyOf({ ...formOf(), text: 'x', valid_until: '2027-02-01' }).valid_until).toBe('2027-02-01T23:59:59Z'))
test.each([['', []], [' , ', []], ['a, b ,a', ['a', 'b']], ['código, память', ['código', 'память']]])('tags of %j', (typed, tags) => expect(tagsOf(typed)).toEqual(tags))
test.each([['', 'needText'], ['   ', 'needText'], ['x'.repeat(20_001), 'tooLong'], ['x', null]])('%#: a text that will not do', (text, mistake) => expect(mistakeOf({ ...formOf(), text })).toBe(mistake))

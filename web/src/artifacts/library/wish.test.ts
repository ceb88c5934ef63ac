import { expect, it } from 'vitest'
import { searchOf, wishOf } from './wish'

it('stands in the address and is read from it', () => {
  const wish = { q: 'two words', type: 'code', tag: 'x', shared: true, sort: 'title' } as const
  const search = new URLSearchParams(Object.entries(searchOf(wish)).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  expect(wishOf(`?${search}`)).toEqual(wish)
})

it('takes what it does not know for nothing', () => {
  expect(wishOf('?type=hologram&sort=random&shared=1')).toEqual({ q: '', type: '', tag: '', shared: false, sort: 'newest' })
})

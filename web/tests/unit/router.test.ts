import { expect, test } from 'vitest'
import { defineRoutes, hrefOf, match } from '@/lib/router'

const load = () => Promise.resolve({ default: () => null })
defineRoutes(['/', '/chat/$chatId', '/settings/$'].map((path) => ({ path, load })))

test.each([
  ['/', {}],
  ['/chat/01', { chatId: '01' }],
  ['/chat/a%20b/', { chatId: 'a b' }],
  ['/settings', { _splat: '' }],
  ['/settings/agents/7', { _splat: 'agents/7' }],
])('%s is a screen', (path, params) => expect(match(path)?.params).toEqual(params))

test.each(['/chat', '/chat/1/2', '/settingsx', '/nowhere'])('%s is none', (path) => expect(match(path)).toBeNull())

test('addresses are built from names and keep only what is given', () => {
  expect(hrefOf({ to: '/chat/$chatId', params: { chatId: 'a/b' } })).toBe('/chat/a%2Fb')
  expect(hrefOf({ to: '/signin', search: { next: '/chat/1?x=2', invite: undefined } })).toBe('/signin?next=%2Fchat%2F1%3Fx%3D2')
})

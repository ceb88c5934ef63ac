import { expect, it } from 'vitest'
import { backendOf, worstOf } from './backend'

it.each([['github', 'github', null], ['github/replica 2', 'github', 2], ['a/b', 'a/b', null]])('%s is %s, replica %s', (server, name, replica) => {
  expect(backendOf(server)).toEqual({ name, replica })
})

it('one bad replica is told', () => {
  expect(worstOf(['closed', 'open'], ['open', 'half_open', 'closed'])).toBe('open')
  expect(worstOf([], ['open'])).toBeUndefined()
})

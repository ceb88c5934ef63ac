import { expect, test } from 'vitest'
import { addressOf, askOf, isNarrowed, wantedOf, type Wanted } from './ask'

const plain: Wanted = { query: 'releases', mode: 'hybrid', kind: '', agent: '', tag: '', since: '', graph: 1, isWide: false }
const full: Wanted = { query: 'releases', mode: 'sparse', kind: 'fact', agent: 'coder', tag: 'plans, team', since: 'week', graph: 2, isWide: true }

test.each([plain, full, { ...plain, graph: 0 as const }])('what is wanted survives the address', (wanted) => {
  expect(wantedOf(addressOf(wanted))).toEqual(wanted)
})

test('an address that says nonsense asks for what is usual', () => {
  expect(wantedOf({ q: 'x', mode: 'psychic', kind: 'dream', since: 'ever', graph: '7' })).toEqual({ ...plain, query: 'x' })
})

test('only what narrows is sent', () => {
  expect(askOf({ ...plain, query: '  releases ' })).toEqual({ query: 'releases', mode: 'hybrid', graph: 1, limit: 20 })
})

test('filters are sent as lists and times as moments, the same within an hour', () => {
  const now = Date.parse('2026-11-22T10:41:12Z')
  expect(askOf(full, now)).toEqual({ query: 'releases', mode: 'sparse', graph: 2, limit: 20, kinds: ['fact'], agents: ['coder'], tags: ['plans', 'team'], after: '2026-11-15T10:00:00.000Z' })
  expect(askOf(full, now + 60_000)).toEqual(askOf(full, now))
})

test('the way of searching does not narrow, a filter does', () => {
  expect(isNarrowed({ ...plain, mode: 'dense', graph: 0 })).toBe(false)
  expect(isNarrowed({ ...plain, tag: 'x' })).toBe(true)
})

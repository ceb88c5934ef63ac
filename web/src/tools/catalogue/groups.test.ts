import { expect, it } from 'vitest'
import type { Tool } from '../api/tools'
import { grouped, narrowed, originOf, shortName } from './groups'

const tool = (name: string, origin: string, more: Partial<Tool> = {}): Tool => ({
  name, origin, wire_name: name, title: null, description: `does ${name}`, parameters: {}, output_schema: null, read_only: false, destructive: false, idempotent: false, open_world: false,
  default_grant: 'allow', grant: 'allow', server: null, timeout_seconds: 30, cache_seconds: 0, state: 'ready', calls_24h: 0, errors_24h: 0, latency_ms_p50: null, ...more,
})
const all = [tool('time.now', 'mcp:time'), tool('people.list', 'service:people'), tool('read_file', 'builtin'), tool('github.b', 'mcp:github'), tool('github.a', 'mcp:github', { grant: 'ask', errors_24h: 2 }), tool('x', 'odd')]

it('our own come first, then servers and services by name', () => {
  expect(grouped(all).map(({ origin, tools }) => `${origin}: ${tools.map(({ name }) => name)}`)).toEqual(['builtin: read_file', 'mcp:github: github.a,github.b', 'mcp:time: time.now', 'service:people: people.list', 'odd: x'])
})

it('narrows by words and by sort', () => {
  const names = (query: string, sort: Parameters<typeof narrowed>[2] = 'all') => narrowed(all, query, sort).map(({ name }) => name)
  expect(names('DOES github')).toEqual(['github.b', 'github.a'])
  expect(names('', 'ask')).toEqual(['github.a'])
  expect(names('', 'trouble')).toEqual(['github.a'])
  expect(names('nothing')).toEqual([])
})

it('leaves the server out of a name in its own group', () => {
  expect(shortName(tool('github.create_issue', 'mcp:github'))).toBe('create_issue')
  expect(shortName(tool('other.create_issue', 'mcp:github'))).toBe('other.create_issue')
  expect(originOf('mcp:a:b')).toEqual({ kind: 'mcp', name: 'a:b' })
})

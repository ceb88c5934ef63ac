import { expect, it } from 'vitest'
import type { Server } from '../api/servers'
import { checkServer, formOf, freeName, joined, newBody, replicasOf, words, type ServerForm } from './form'

const form = (change: Partial<ServerForm> = {}): ServerForm => ({ ...formOf(undefined), name: 'docs', url: 'https://docs.example/mcp', ...change })

it.each<[string, string[] | null]>([
  ['npx -y pkg', ['npx', '-y', 'pkg']], ['a "b c" \'d e\'', ['a', 'b c', 'd e']], ['a\\ b', ['a b']], ['"a\\"b"', ['a"b']], ["'a\\b'", ['a\\b']], ['""', ['']], ['  ', []], ['"open', null], ['a""b', ['ab']], ['$HOME/x;y', ['$HOME/x;y']],
])('%s is %j', (text, list) => expect(words(text)).toEqual(list))

it('words become a line that reads back as the same words', () => {
  for (const list of [['npx', '-y', '@scope/pkg@1.2'], ['a', 'b c', "it's", '', '${secret:TOKEN}', '"', '\\']]) expect(words(joined(list))).toEqual(list)
})

it.each([
  [{}, {}], [{ name: '' }, { name: 'needed' }], [{ name: 'a__b' }, { name: 'badServerName' }], [{ name: 'old' }, { name: 'serverTaken' }], [{ url: '' }, { url: 'needed' }], [{ url: 'docs.example' }, { url: 'badAddress' }], [{ url: '${secret:URL}' }, {}],
  [{ transport: 'stdio' as const, url: '' }, { command: 'needed' }], [{ transport: 'stdio' as const, command: 'a "b' }, { command: 'badQuotes' }], [{ headers: [{ name: '', value: 'x' }] }, { headers: 'halfPair' }],
  [{ timeout_seconds: '0' }, { timeout_seconds: 'badTimeout' }], [{ idle_seconds: 'x' }, { idle_seconds: 'badNumber' }], [{ idle_seconds: '1' }, { idle_seconds: 'badIdle' }], [{ idle_seconds: '' }, {}], [{ folders: 'w /srv\n/etc' }, {}], [{ folders: 'here' }, { folders: 'badFolder' }], [{ replicas: 'https://a.example/mcp\nnope' }, { replicas: 'badAddress' }],
])('checks %j', (change, mistakes) => expect(checkServer(form(change), ['old'])).toEqual(mistakes))

it('reads replicas with their weights', () => {
  expect(replicasOf({ transport: 'http', replicas: 'https://a.example/mcp *3\n\nhttps://b.example/mcp' })).toEqual([{ url: 'https://a.example/mcp', weight: 3 }, { url: 'https://b.example/mcp', weight: 1 }])
  expect(replicasOf({ transport: 'stdio', replicas: 'node "my server.js" *2' })).toEqual([{ command: 'node', args: ['my server.js'], weight: 2 }])
  expect(replicasOf({ transport: 'stdio', replicas: 'node "x' })).toBeNull()
})

it('a kept server fills the form, and the form says the same again', () => {
  const server: Server = {
    id: '1', version: 3, entry: null, is_own: true, source: 'api', secrets: ['GH'], quarantined: 0, status: {} as Server['status'], name: 'gh', title: 'GitHub', transport: 'stdio', command: 'github-mcp-server', args: ['stdio', '--toolsets', 'repos,issues'], env: { TOKEN: '${secret:GH}' }, url: '', headers: {}, folders: [{ path: '/srv', writable: true }, { path: '/etc', writable: false }], network: false,
    replicas: [{ command: 'node', args: ['b c'], weight: 2 }], balancing: 'weighted', is_shared: true, enabled: true, idle_seconds: 60, timeout_seconds: 20, overrides: {},
  }
  const { id: _id, version: _version, overrides: _overrides, entry: _entry, is_own: _own, source: _source, secrets: _secrets, quarantined: _n, status: _status, ...body } = server
  expect(newBody(formOf(server), true)).toEqual(body)
  expect(newBody(formOf(server), false).is_shared).toBe(false)
})

it('finds a free name', () => expect(freeName('git', ['git', 'git-2'])).toBe('git-3'))

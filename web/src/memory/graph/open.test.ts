import { expect, test } from 'vitest'
import { linkOf } from './open'

test.each([
  ['document:d1', { to: '/memory/documents/d1' }], ['session:s/1', { to: '/chat/s%2F1' }], ['tool:github.create_issue', { to: '/tools/catalogue', search: { tool: 'github.create_issue' } }],
  ['agent:coder', { to: '/settings/agents' }], ['concept:release:plan', { to: '/memory/search', search: { q: 'name' } }], ['user', null], ['file:a/b.py', null], ['', null],
])('%s leads to its own place', (id, place) => expect(linkOf({ id, name: 'name' })).toEqual(place))

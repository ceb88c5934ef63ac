import { expect, it } from 'vitest'
import { memories, remembered, serverGlob } from './remember'

it('a tool of a server can be remembered with all others of it', () => {
  expect(memories({ tool: 'github.create_issue' })).toContain('server')
  expect(memories({ tool: 'write_file' })).not.toContain('server')
  expect([serverGlob('github.a.b'), serverGlob('write_file'), serverGlob('x.')]).toEqual(['github.*', null, null])
})

it.each([
  ['once', {}], ['who', { remember: true }], ['everyone', { remember: true, remember_for: 'everyone' }], ['server', { remember: true, remember_tool: 'github.*' }],
] as const)('%s is told as %j', (memory, told) => expect(remembered(memory, 'github.create_issue')).toEqual(told))

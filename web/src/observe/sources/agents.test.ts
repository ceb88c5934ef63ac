import { expect, test } from 'vitest'
import { installCommand, isAppName } from './agents'

const base = { agent: 'claude-code', app: 'claude-code', url: 'https://team.example', key: null, everywhere: true, approvals: false } as const

test('the command names only what differs from the default', () => {
  expect(installCommand(base)).toBe('entourage hooks install --user --url https://team.example')
  expect(installCommand({ ...base, agent: 'codex', app: 'ci', key: 'ent_in_x', everywhere: false, approvals: true })).toBe('entourage hooks install --project --agent codex --app ci --url https://team.example --key ent_in_x --approvals')
})

test.each([['ci', true], ['my-app_2', true], ['2fast', false], ['team', false], ['Big', false], ['', false], ['a'.repeat(65), false]])('%s as a name: %s', (name, isFine) => {
  expect(isAppName(name)).toBe(isFine)
})

import { expect, it } from 'vitest'
import type { ToolPolicy } from '../api/policies'
import { checkPolicy, formOf, ownRuleFor, speakingOf, subjectOf, toBody, type PolicyForm } from './form'

const rule = (tool: string, more: Partial<ToolPolicy> = {}): ToolPolicy => ({
  id: tool, subject: '*', tool, grant: 'ask', rps: null, concurrency: null, quota_per_day: null, cache_seconds: null, timeout_seconds: null, set_by: 'self', ...more,
})
const form = (change: Partial<PolicyForm> = {}): PolicyForm => ({ ...formOf(undefined, 'github.*'), ...change })

it.each([
  [{}, {}], [{ tool: ' ' }, { tool: 'needed' }], [{ kind: 'agent' as const }, { name: 'needed' }], [{ rps: '0,5' }, {}], [{ rps: 'fast' }, { rps: 'badNumber' }], [{ concurrency: '1.5' }, { concurrency: 'badNumber' }],
  [{ timeout_seconds: '301' }, { timeout_seconds: 'badTimeout' }], [{ timeout_seconds: '300' }, {}], [{ grant: null }, { tool: 'nothingSaid' }], [{ grant: null, rps: '1' }, {}],
])('checks %j', (change, mistakes) => expect(checkPolicy(form(change))).toEqual(mistakes))

it('goes to the server and back', () => {
  const kept = rule('github.*', { subject: 'agent:coder', rps: 0.5, quota_per_day: 100 })
  expect(toBody(formOf(kept, ''))).toEqual({ subject: 'agent:coder', tool: 'github.*', grant: 'ask', rps: 0.5, concurrency: null, quota_per_day: 100, cache_seconds: null, timeout_seconds: null })
  expect(toBody(form({ rps: '0,5' })).rps).toBe(0.5)
  expect(subjectOf('source:mcp')).toEqual({ kind: 'source', name: 'mcp' })
  expect(subjectOf('*')).toEqual({ kind: 'everyone', name: '' })
})

it('finds the rules that speak of a tool, the narrowest first', () => {
  const rules = [rule('*'), rule('github.create_issue'), rule('time.*'), rule('github.*')]
  expect(speakingOf(rules, 'github.create_issue').map(({ tool }) => tool)).toEqual(['github.create_issue', 'github.*', '*'])
  expect(ownRuleFor([...rules, rule('time.now', { set_by: 'admin' })], 'time.now')).toBeUndefined()
  expect(ownRuleFor(rules, 'github.create_issue')).toBe(rules[1])
})

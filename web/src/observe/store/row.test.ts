import { expect, test } from 'vitest'
import { event, row } from '../testing/rows'
import { summaryOf } from './row'

test.each([
  ['hook.PreToolUse', {}, 'start'], ['hook.PostToolUse', {}, 'ok'], ['hook.PostToolUseFailure', {}, 'bad'], ['hook.PreToolUse', { decision: { decision: 'deny' } }, 'denied'],
  ['hook.PermissionRequest', {}, 'ask'], ['hook.SomethingNew', {}, 'other'], ['tool_failed', { status: 'denied' }, 'denied'], ['tool_failed', {}, 'bad'], ['otel.tool_result', {}, 'other'],
])('%s %o is %s', (type, data, tone) => {
  expect(row(1, { type, data }).tone).toBe(tone)
})

test('the server’s summary is taken, else one is made of what there is', () => {
  expect(summaryOf(event(1, { data: { summary: 'Bash  make test', tool: 'Bash' } }))).toBe('Bash  make test')
  expect(summaryOf(event(1, { type: 'usage', data: { model: 'm', input_tokens: 12, output_tokens: 3 } }))).toBe('m 12 → 3')
  expect(summaryOf(event(1, { type: 'tool_started', data: { tool: 'run', args: { code: '1' } } }))).toBe('run {"code":"1"}')
  expect(summaryOf(event(1, { type: 'message', data: { message: { parts: [{ type: 'text', text: 'Hello' }] } } }))).toBe('Hello')
  expect(summaryOf(event(1, { type: 'custom.x', data: {} }))).toBe('')
})

test('what the team says outside a run stands in no lane', () => {
  expect(row(1, { run_id: null, source: 'team', type: 'chat_updated', data: { chat: { title: 'Queues' } } })).toMatchObject({ lane: '', summary: 'Queues' })
})

test('an event without a run stands in the lane of its session', () => {
  expect(row(1, { run_id: null, agent: null })).toMatchObject({ lane: 'claude-code/s1', agent: 'claude-code' })
})

import { expect, test } from 'vitest'
import type { Step } from '../api/types'
import { changesFor, isWhole, startOf, textFor, toFork } from './fork'
import { barOf, spanOf } from './span'

const step = (ordinal: number, kind: Step['kind'], more: Partial<Step> = {}): Step => ({
  ordinal, kind, key: `${kind}${ordinal}`, agent: 'coder', title: '', status: 'ok', started_at: null, ended_at: null, duration_ms: null, model: null, tool: null, tool_call_id: kind === 'tool' ? `c${ordinal}` : null,
  input: null, output: null, usage: null, artifacts: [], child_run_id: null, copied: false, ...more,
})
const steps = [step(0, 'response'), step(1, 'tool', { output: '{"hits":3}' }), step(2, 'response')]
const form = { ...startOf(steps, 1), text: 'other' }

test('a step is done again, with what stood before it', () => expect(toFork({ ...form, change: 'again', model: 'm' }, steps)).toEqual({ at: 1, model: 'm' }))
test('a replaced result is kept, and the run goes on after it', () => expect(toFork({ ...form, change: 'result' }, steps)).toEqual({ at: 2, result: { tool_call_id: 'c1', text: 'other' } }))
test('a new prompt begins from the start', () => expect(toFork({ ...form, change: 'prompt', agent: 'tester' }, steps)).toEqual({ at: 0, text: 'other', agent: 'tester' }))
test('a note stands before the step', () => expect(toFork({ ...form, change: 'note' }, steps)).toEqual({ at: 1, note: 'other' }))

test('only a call has a result to replace; it begins with what it was', () => {
  expect(changesFor(steps[1])).toContain('result')
  expect(changesFor(steps[0])).not.toContain('result')
  expect(textFor('result', steps[1], 'ask')).toBe('{\n  "hits": 3\n}')
  expect(textFor('prompt', steps[1], 'ask')).toBe('ask')
  expect(isWhole({ ...form, change: 'note', text: ' ' })).toBe(false)
})

test('without a step it is the last', () => expect(startOf(steps, undefined).at).toBe(2))

test('steps lie in the span of the run; one that goes reaches to now', () => {
  const timed = [step(0, 'response', { started_at: '2026-01-01T00:00:00Z', ended_at: '2026-01-01T00:00:05Z' }), step(1, 'tool', { started_at: '2026-01-01T00:00:05Z' })]
  const now = Date.parse('2026-01-01T00:00:10Z')
  const span = spanOf(timed, now)
  expect(timed.map((item) => barOf(item, span, now))).toEqual([{ left: 0, width: 0.5 }, { left: 0.5, width: 0.5 }])
  expect(barOf(step(2, 'tool'), span, now)).toBeNull()
  expect(spanOf([], now)).toEqual({ from: now, to: now })
})

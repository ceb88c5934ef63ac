import { expect, test } from 'vitest'
import type { Run } from '../api/types'
import { nameOf } from '../list/useTitle'
import { canRetry, costOf, isGoing } from './facts'

const run = (kind: Run['kind'], status: Run['status'], more: Partial<Run> = {}) => ({ kind, status, dead: false, task_key: null, ...more }) as Run

test('a run that failed or was stopped can be taken up again; a called one by its caller only', () => {
  expect(canRetry(run('turn', 'failed'))).toBe(true)
  expect(canRetry(run('plan', 'cancelled'))).toBe(true)
  expect(canRetry(run('call', 'failed'))).toBe(false)
  expect(canRetry(run('task', 'failed', { task_key: 'bench' }))).toBe(true)
  expect(canRetry(run('task', 'failed'))).toBe(false)
  expect(canRetry(run('turn', 'succeeded'))).toBe(false)
})

test('paused is not ended', () => expect([isGoing(run('turn', 'paused')), isGoing(run('turn', 'cancelled'))]).toEqual([true, false]))
test('nothing spent is a dash', () => expect([costOf('0'), costOf(null), costOf('0.05')]).toEqual(['—', '—', '$0.05']))

test('a planned task goes by its title, anything else by its first line', () => {
  expect(nameOf('You carry out one task of a larger plan: Write a test.', true)).toBe('Write a test')
  expect(nameOf('Note: this is not planned.', false)).toBe('Note: this is not planned.')
})

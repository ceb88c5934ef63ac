import { expect, test } from 'vitest'
import { row } from '../testing/rows'
import { LaneBoard } from './lanes'

const tool = (seq: number, name: string, id: string, part = {}) => row(seq, { type: `hook.${name}`, data: { tool: 'Bash', tool_use_id: id }, ...part })

function board(...told: ReturnType<typeof row>[]): LaneBoard {
  const made = new LaneBoard()
  told.forEach((one) => made.take(one))
  return made
}

test('a tool runs from its Pre to its Post, and is a bar afterwards', () => {
  const lanes = board(tool(1, 'PreToolUse', 'a'), tool(2, 'PreToolUse', 'b'), tool(3, 'PostToolUse', 'a'))
  const main = lanes.lanes.get('main')
  expect([...(main?.running.values() ?? [])]).toEqual([{ name: 'Bash', since: 2000 }])
  expect(main?.bars).toEqual([{ name: 'Bash', from: 1000, to: 3000, tone: 'ok' }])
})

test('a denied call ends its bar as denied and counts', () => {
  const main = board(tool(1, 'PreToolUse', 'a'), tool(2, 'PermissionDenied', 'a')).lanes.get('main')
  expect([main?.running.size, main?.denied, main?.bars[0]?.tone]).toEqual([0, 1, 'denied'])
})

test.each([
  ['hook.PreToolUse', 'running'], ['hook.PermissionRequest', 'waiting'], ['hook.Stop', 'idle'], ['hook.SessionEnd', 'ended'], ['hook.SubagentStop', 'ended'], ['hook.StopFailure', 'failed'],
  ['task_completed', 'idle'], ['task_failed', 'failed'],
])('after %s the lane is %s', (type, status) => {
  expect(board(row(1), row(2, { type })).lanes.get('main')?.statusAt(3000)).toBe(status)
})

test('what was spent does not wake a lane that has ended', () => {
  expect(board(row(1, { type: 'hook.SessionEnd' }), row(2, { type: 'usage' })).lanes.get('main')?.statusAt(3000)).toBe('ended')
})

test('a lane that is silent for minutes is idle, a lane whose tool still runs is not', () => {
  const thinking = board(row(1, { type: 'hook.UserPromptSubmit' })).lanes.get('main')
  const building = board(tool(1, 'PreToolUse', 'a')).lanes.get('main')
  expect([thinking?.statusAt(201_000), building?.statusAt(201_000), building?.statusAt(1_900_000)]).toEqual(['idle', 'running', 'idle'])
})

test('subagents stand under who called them, sessions newest first', () => {
  const lanes = board(
    row(1), row(2, { run_id: 'a', parent_run_id: 'main' }), row(3, { run_id: 'b', parent_run_id: 'main' }), row(4, { run_id: 'a1', parent_run_id: 'a' }), row(5, { run_id: 'other', session_id: 's2' }),
  )
  expect(lanes.arrange().map(({ lane, depth }) => [lane.id, depth])).toEqual([['other', 0], ['main', 0], ['a', 1], ['a1', 2], ['b', 1]])
})

test('a subagent whose caller was never heard stands under its session', () => {
  const lanes = board(row(1), row(2, { run_id: 'lost', parent_run_id: 'unknown' }))
  expect(lanes.arrange().map(({ lane, depth }) => [lane.id, depth])).toEqual([['main', 0], ['lost', 1]])
})

test('a lane that a person’s message opened is named after the agent that answers', () => {
  const lanes = board(row(1, { source: 'team', agent: null, type: 'message' }), row(2, { source: 'team', agent: 'coder', type: 'task_started' }))
  expect(lanes.lanes.get('main')?.agent).toBe('coder')
})

test('rates count the seconds before now', () => {
  const main = board(row(1), row(1, { ts: 1500 }), row(3)).lanes.get('main')
  expect(main?.rates(3999, 4)).toEqual([0, 2, 0, 1])
})

test('pulses come newest first within the time asked for', () => {
  const found: number[] = []
  board(row(1), row(2), row(3), row(4)).lanes.get('main')?.eachPulse(2000, 3500, (ts) => found.push(ts))
  expect(found).toEqual([3000, 2000])
})

test('only so many lanes are kept, the longest silent goes first', () => {
  const lanes = new LaneBoard()
  for (let n = 1; n <= 401; n++) lanes.take(row(n, { run_id: `lane ${n}`, session_id: `s${n}` }))
  expect([lanes.lanes.size, lanes.lanes.has('lane 1'), lanes.lanes.has('lane 401')]).toEqual([400, false, true])
})

import { expect, test } from 'vitest'
import { row } from '../testing/rows'
import { ReplayBoard, ReplayClock } from './player'

const told = [row(1, { ts: 1000 }), row(2, { ts: 1500 }), row(3, { ts: 3_600_000 }), row(4, { ts: 3_600_200 })]
const clock = new ReplayClock(told)

test('long silences are short in a replay, and nothing else is', () => {
  expect([...clock.at]).toEqual([0, 500, 5500, 5700])
  expect(clock.length_ms).toBe(5700)
})

test('positions and times of day lead to each other', () => {
  expect([clock.passed(-1), clock.passed(0), clock.passed(5499), clock.passed(1e9)]).toEqual([0, 1, 2, 4])
  expect(clock.timeAt(600)).toBe(1600)
  expect(clock.positionOf(3_600_000)).toBe(5500)
  expect(clock.positionOf(9e12)).toBe(5700)
})

test('an empty session has no length', () => {
  expect([new ReplayClock([]).length_ms, new ReplayClock([]).timeAt(5)]).toEqual([0, 0])
})

test('going back shows the lanes as they were', () => {
  const replay = new ReplayBoard(told)
  replay.seek(4)
  expect(replay.board.lanes.get('main')?.events).toBe(4)
  replay.seek(2)
  expect(replay.board.lanes.get('main')?.events).toBe(2)
})

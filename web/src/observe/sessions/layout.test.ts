import { expect, test } from 'vitest'
import { span } from '../testing/rows'
import { barAt, layOut, pan, zoom } from './layout'

const turn = span('t', { kind: 'turn', started_ms: 0, ended_ms: 100 })

test('turns stand on the head of a lane, calls below, side by side when they overlap', () => {
  const { rows, bars } = layOut([
    turn, span('a', { started_ms: 10, ended_ms: 40 }), span('b', { started_ms: 20, ended_ms: 50 }), span('c', { started_ms: 40, ended_ms: 60 }),
  ], 100)
  expect(rows.map(({ isHead }) => isHead)).toEqual([true, false, false])
  expect(Object.fromEntries(bars.map(({ span: { id }, row }) => [id, row]))).toEqual({ t: 0, a: 1, b: 2, c: 1 })
})

test('a session’s own span is left out where its turns are there', () => {
  const session = span('s', { kind: 'session', started_ms: 0, ended_ms: 200 })
  expect(layOut([session, turn], 200).bars.map((bar) => bar.span.id)).toEqual(['t'])
  expect(layOut([session], 200).bars.map((bar) => bar.span.id)).toEqual(['s'])
})

test('a subagent hangs under the lane whose call made it, in the order of time', () => {
  const { rows } = layOut([
    turn, span('task', { started_ms: 10, ended_ms: 90 }),
    span('late', { lane_id: 'late', kind: 'subagent', agent: 'Plan', parent_id: 'task', started_ms: 50 }), span('early', { lane_id: 'early', kind: 'subagent', agent: 'Explore', parent_id: 'task', started_ms: 20 }),
    span('inner', { lane_id: 'inner', kind: 'subagent', agent: 'test-runner', parent_id: 'early', started_ms: 25 }),
  ], 100)
  expect(rows.filter(({ isHead }) => isHead).map(({ lane, depth }) => [lane, depth])).toEqual([['main', 0], ['early', 1], ['inner', 2], ['late', 1]])
})

test('what still runs reaches to now', () => {
  const { bars, to } = layOut([span('a', { started_ms: 10, ended_ms: null, status: 'running' })], 500)
  expect([bars[0]?.to, to]).toEqual([500, 500])
})

test('no spans make an empty timeline at now', () => {
  expect(layOut([], 7)).toEqual({ rows: [], bars: [], from: 7, to: 7 })
})

test('ten thousand spans are placed, none over another on its row', () => {
  const spans = Array.from({ length: 10_000 }, (_, n) => span(`s${n}`, { started_ms: (n * 7919) % 50_000, ended_ms: ((n * 7919) % 50_000) + (n % 90) }))
  const byRow = new Map<number, [number, number][]>()
  for (const { row, from, to } of layOut(spans, 0).bars) {
    if (!byRow.has(row)) byRow.set(row, [])
    byRow.get(row)?.push([from, to])
  }
  for (const bars of byRow.values()) bars.reduce((before, bar) => { expect(bar[0]).toBeGreaterThanOrEqual(before[1]); return bar })
})

const whole = { from: 0, to: 1000 }

test('zooming keeps the moment under the pointer in its place and ends at both limits', () => {
  const near = zoom(whole, 0.5, 250, whole)
  expect((250 - near.from) / (near.to - near.from)).toBeCloseTo(0.25)
  expect(zoom(near, 1e-9, 250, whole).to - zoom(near, 1e-9, 250, whole).from).toBeCloseTo(20)
  const far = zoom(near, 1e9, 250, whole)
  expect(far.from).toBeGreaterThanOrEqual(-61)
  expect(far.to).toBeLessThanOrEqual(1061)
})

test('panning stops at the ends', () => {
  const view = { from: 100, to: 300 }
  expect(pan(view, 50, whole)).toEqual({ from: 150, to: 350 })
  expect(pan(view, -1e6, whole).from).toBeCloseTo(-60)
  expect(pan(view, 1e6, whole).to).toBeCloseTo(1060)
})

test('the shortest bar under a point is meant', () => {
  const timeline = layOut([turn, span('t2', { kind: 'turn', started_ms: 40, ended_ms: 45 })], 100)
  expect(barAt(timeline, 0, 42, 1)?.span.id).toBe('t2')
  expect(barAt(timeline, 0, 200, 1)).toBeUndefined()
})

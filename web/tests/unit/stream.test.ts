import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TeamStream } from '@/lib/stream'
import type { TeamEvent } from '@/lib/events'

class FakeSocket {
  static all: FakeSocket[] = []
  sent: Record<string, unknown>[] = []
  closed = false
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  constructor(readonly token: string) { FakeSocket.all.push(this) }
  send(text: string) { this.sent.push(JSON.parse(text)) }
  close() { this.closed = true }
  frame(frame: object) { this.onmessage?.({ data: JSON.stringify(frame) }) }
  event(seq: number) { this.frame({ type: 'event', payload: { seq, type: 'usage', data: {} } }) }
  /** Opens and is subscribed, at a point of the log. */
  accept(seq: number) { this.onopen?.(); this.frame({ type: 'subscribed', id: 'main', seq }) }
}

const newest = () => FakeSocket.all.at(-1) as FakeSocket
let seen: number[]
let covered: number[]
let renewals: number
let stream: TeamStream

beforeEach(async () => {
  vi.useFakeTimers()
  FakeSocket.all = []
  seen = []
  covered = []
  renewals = 0
  stream = new TeamStream({
    connect: (token) => new FakeSocket(token) as unknown as WebSocket,
    token: () => Promise.resolve('t0'), renewToken: () => Promise.resolve(`t${++renewals}`), random: () => 0.5,
  })
  stream.listen({ event: (event: TeamEvent) => seen.push(event.seq), covered: (since) => covered.push(since) })
  stream.start()
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(() => { stream.stop(); vi.useRealTimers() })

const afterOf = (socket: FakeSocket) => (socket.sent[0]?.filters as { after?: number }).after

test('begins at the present and says from where it tells everything', () => {
  newest().accept(40)
  expect(afterOf(newest())).toBeUndefined()
  expect(covered).toEqual([40])
  expect(stream.status).toBe('open')
})

test('resumes after the last seen event, once for each', async () => {
  newest().accept(40)
  newest().event(41)
  newest().event(42)
  newest().onclose?.({ code: 1006 })
  expect(stream.status).toBe('waiting')
  await vi.advanceTimersByTimeAsync(1000)
  newest().accept(60)
  expect(afterOf(newest())).toBe(42)
  newest().event(42)
  newest().event(43)
  expect(seen).toEqual([41, 42, 43])
  expect(covered).toEqual([40])
})

test('a cut while the missed events are still coming loses none', async () => {
  newest().accept(40)
  newest().onclose?.({ code: 1012 })
  await vi.advanceTimersByTimeAsync(1000)
  newest().accept(90)
  newest().event(41)
  newest().onclose?.({ code: 1012 })
  await vi.advanceTimersByTimeAsync(1000)
  newest().onopen?.()
  expect(afterOf(newest())).toBe(41)
})

test('waits longer after each failure, up to a limit', async () => {
  const waits: number[] = []
  for (let n = 0; n < 9; n++) {
    const count = FakeSocket.all.length
    newest().onclose?.({ code: 1006 })
    const began = Date.now()
    while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(50)
    waits.push(Date.now() - began)
  }
  expect(waits[0]).toBeLessThan(500)
  expect(waits.slice(1).every((wait, index) => wait >= (waits[index] ?? 0))).toBe(true)
  expect(Math.max(...waits)).toBeLessThanOrEqual(8_000)
})

test('an expired token is renewed at once, but only once without success', async () => {
  newest().accept(1)
  newest().onclose?.({ code: 4401 })
  await vi.advanceTimersByTimeAsync(0)
  expect(newest().token).toBe('t1')
  newest().onclose?.({ code: 4401 })
  await vi.advanceTimersByTimeAsync(0)
  expect(stream.status).toBe('waiting')
  expect(renewals).toBe(1)
})

test('a gap moves on and asks for snapshots', () => {
  newest().accept(10)
  newest().frame({ type: 'gap', payload: { from: 11, to: 500 } })
  newest().event(501)
  expect(covered).toEqual([10, 500])
  expect(seen).toEqual([501])
})

test('silence longer than the heartbeats means a dead connection', async () => {
  newest().accept(10)
  const first = newest()
  await vi.advanceTimersByTimeAsync(60_000)
  first.frame({ type: 'heartbeat' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(stream.status).toBe('open')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(first.closed).toBe(true)
  expect(newest()).not.toBe(first)
})

test('the network coming back ends the wait', async () => {
  newest().onclose?.({ code: 1006 })
  stream.hurry()
  await vi.advanceTimersByTimeAsync(0)
  expect(FakeSocket.all).toHaveLength(2)
})

test('signing out ends everything and forgets the place', async () => {
  newest().accept(10)
  stream.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeSocket.all).toHaveLength(1)
  stream.start()
  await vi.advanceTimersByTimeAsync(0)
  newest().onopen?.()
  expect(afterOf(newest())).toBeUndefined()
})

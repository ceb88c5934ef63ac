import { expect, test, vi } from 'vitest'
import type { WireEvent } from '../api/types'
import { everything } from '../filters/filters'
import { event, rows } from '../testing/rows'
import type { Heard } from './socket'
import { ObserveStore } from './store'

vi.mock('../api/calls', () => ({ fetchEvents: vi.fn() }))

function opened() {
  const frames: (() => void)[] = []
  const frame = () => { frames.splice(0).forEach((flush) => flush()) }
  let heard: Heard | undefined
  const subscribe = vi.fn()
  const fetch = vi.fn().mockResolvedValue({ rows: rows(1, 3).reverse(), next: null })
  const store = new ObserveStore({ fetch, frame: (flush) => frames.push(flush), socket: (given) => { heard = given; return { subscribe, stop: vi.fn() } } })
  const tell = (...events: WireEvent[]) => events.forEach((one) => heard?.event(one))
  const begin = async (filters = everything) => {
    store.show(filters)
    heard?.subscribed(3, false)
    await vi.waitFor(() => expect(store.window.status).toBe('ready'))
    await Promise.resolve()
    frame()
  }
  return { store, frame, tell, begin, subscribe, fetch, gap: () => heard?.gap() }
}

test('the lanes begin with what the log holds', async () => {
  const { store, begin } = opened()
  await begin()
  expect([store.window.rows.length, store.board.lanes.get('main')?.events]).toEqual([3, 3])
})

test('whatever comes between two frames is told once', async () => {
  const { store, begin, tell, frame } = opened()
  await begin()
  const told = vi.fn()
  store.listen('rows', told)
  tell(event(4), event(5), event(6))
  expect(told).not.toHaveBeenCalled()
  frame()
  expect(told).toHaveBeenCalledTimes(1)
  expect([store.window.rows.length, store.received]).toEqual([6, 3])
})

test('a paused screen stands still and catches up', async () => {
  const { store, begin, tell, frame } = opened()
  await begin()
  store.pause(true)
  tell(event(4), event(5))
  frame()
  expect([store.window.rows.length, store.held]).toEqual([3, 2])
  store.pause(false)
  frame()
  expect([store.window.rows.length, store.held, store.frozen_ms]).toEqual([5, 0, null])
})

test('the stream is narrowed by the server, the search by the client', async () => {
  const { store, begin, tell, frame, subscribe } = opened()
  await begin({ ...everything, sources: ['codex'], text: 'deploy' })
  expect(subscribe).toHaveBeenCalledWith(expect.objectContaining({ source_apps: ['codex'] }))
  tell(event(4, { source: 'codex', data: { body: { command: 'make DEPLOY' } } }), event(5, { source: 'codex', data: { summary: 'other' } }))
  frame()
  expect(store.window.rows.at(-1)?.seq).toBe(4)
})

test('a hole in the stream fetches what is newest again', async () => {
  const { begin, gap, fetch } = opened()
  await begin()
  fetch.mockClear()
  gap()
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('new filters begin anew', async () => {
  const { store, begin, fetch } = opened()
  await begin()
  fetch.mockResolvedValue({ rows: [], next: null })
  await begin({ ...everything, agents: ['coder'] })
  expect([store.window.rows.length, store.board.lanes.size]).toEqual([0, 0])
})

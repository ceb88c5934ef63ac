import { beforeEach, expect, test, vi } from 'vitest'
import { ChatStore } from '@/chat/store'
import type { MessagePage } from '@/lib/types'
import { message, turn } from './history'

const get = vi.hoisted(() => vi.fn())
vi.mock('@/lib/api', () => ({ api: { get } }))

const frames: (() => void)[] = []
const nextFrame = () => frames.splice(0).forEach((flush) => flush())
const events = turn()
let answer: (page: MessagePage) => void
let store: ChatStore

beforeEach(() => {
  frames.length = 0
  get.mockImplementation(() => new Promise((resolve) => { answer = resolve }))
  store = new ChatStore('c1', (flush) => frames.push(flush))
})

const empty: MessagePage = { items: [], has_more: false, seq: 0 }

test('events that come during the fetch are folded in after it', async () => {
  const loaded = store.load()
  events.slice(0, 6).forEach((event) => store.take(event))
  expect(store.listView().order).toEqual([])
  answer(empty)
  await loaded
  expect(store.listView().order).toEqual(['m1', 'm2'])
  expect(store.message('m2')?.parts[1]).toMatchObject({ text: 'I look 👀 first.' })
})

test('rows hear of their own message only, once in a frame', async () => {
  const loaded = store.load()
  answer(empty)
  await loaded
  events.slice(0, 2).forEach((event) => store.take(event))
  nextFrame()
  const [list, question, reply] = [vi.fn(), vi.fn(), vi.fn()]
  store.subscribeList(list)
  store.subscribeMessage('m1', question)
  store.subscribeMessage('m2', reply)
  events.slice(2, 6).forEach((event) => store.take(event))
  expect(reply).not.toHaveBeenCalled()
  nextFrame()
  expect([list, question, reply].map((listener) => listener.mock.calls.length)).toEqual([0, 0, 1])
})

test('a hole in the stream fetches the snapshot again', async () => {
  const loaded = store.load()
  answer({ items: [message('m2', { status: 'streaming' })], has_more: false, seq: 2 })
  await loaded
  get.mockClear()
  store.take({ ...events[5], seq: 6 } as never)
  expect(get).toHaveBeenCalledTimes(1)
})

test('a snapshot older than what the stream covers is fetched again, once', async () => {
  void store.load()
  store.covered(100)
  get.mockClear()
  answer({ ...empty, seq: 90 })
  await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(1))
  answer({ ...empty, seq: 90 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(get).toHaveBeenCalledTimes(1)
})

test('a failed fetch is told, and mended by another try', async () => {
  get.mockRejectedValueOnce(new Error('no'))
  await store.load()
  expect(store.listView().status).toBe('failed')
  const again = store.load()
  answer({ items: [message('m1')], has_more: false, seq: 1 })
  await again
  expect(store.listView()).toMatchObject({ status: 'ready', order: ['m1'] })
})

test('the first page comes alone; all that came before follows when it is asked for, each page once', async () => {
  const loaded = store.load()
  expect(get).toHaveBeenLastCalledWith('/my/chat/c1/messages', { limit: 40 })
  answer({ items: [message('m3')], has_more: true, seq: 1 })
  await loaded
  const all = store.loadAll()
  expect(store.loadOlder()).toBe(store.loadOlder())
  answer({ items: [message('m2')], has_more: true, seq: 1 })
  await vi.waitFor(() => expect(get).toHaveBeenLastCalledWith('/my/chat/c1/messages', { limit: 100, before: 'm2' }))
  answer({ items: [message('m1')], has_more: false, seq: 1 })
  await all
  expect(store.listView()).toMatchObject({ order: ['m1', 'm2', 'm3'], hasMore: false, loadingOlder: false })
})

test('a page that fails ends the way back, and may be tried again', async () => {
  const loaded = store.load()
  answer({ items: [message('m2')], has_more: true, seq: 1 })
  await loaded
  get.mockRejectedValueOnce(new Error('no'))
  await expect(store.loadAll()).rejects.toThrow('no')
  expect(store.listView().loadingOlder).toBe(false)
  const again = store.loadOlder()
  answer({ items: [message('m1')], has_more: false, seq: 1 })
  await again
  expect(store.listView().order).toEqual(['m1', 'm2'])
})

test('a chat runs while a message of its branch is being written', async () => {
  const loaded = store.load()
  answer(empty)
  await loaded
  events.slice(0, 6).forEach((event) => store.take(event))
  expect(store.listView().running).toBe(true)
  store.put(message('m2', { parent_id: 'm1', status: 'done' }))
  expect(store.listView().running).toBe(false)
})

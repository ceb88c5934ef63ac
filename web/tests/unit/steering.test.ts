import { beforeEach, describe, expect, test, vi } from 'vitest'
import { emptyChat, fold, messageOf, type ChatState } from '@/chat/fold'
import { ChatStore } from '@/chat/store'
import type { TeamEvent } from '@/lib/events'
import type { MessagePage } from '@/lib/types'
import { touched } from '@/runs/api/useLive'
import { Log, message } from './history'

const get = vi.hoisted(() => vi.fn())
vi.mock('@/lib/api', () => ({ api: { get } }))
vi.mock('@/lib/live', () => ({ live: {} }))

const task = { run_id: 'r1', agent: 'coder', message_id: 'm2' }
const begun = () => new Log()
  .add('message', { message: message('m1', { role: 'user', agent: null, run_id: null }) })
  .add('message', { message: message('m2', { parent_id: 'm1', status: 'streaming' }) })
  .add('text_delta', { message_id: 'm2', part: 0, offset: 0, text: 'One.' })
const foldAll = (events: readonly TeamEvent[], from: ChatState = emptyChat) => events.reduce(fold, from)

describe('a word on the way', () => {
  test('stands where the agent read it, and what follows stands after it', () => {
    const { events } = begun().add('note_added', { run_id: 'r1', message_id: 'm2', part: 1, text: 'be brief', at: '' }).add('text_delta', { message_id: 'm2', part: 2, offset: 0, text: 'Two.' })
    expect(messageOf(foldAll(events), 'm2')?.parts).toEqual([{ type: 'text', text: 'One.' }, { type: 'note', text: 'be brief', at: '' }, { type: 'text', text: 'Two.' }])
  })

  test('after a hole asks for the snapshot', () => {
    const { events } = begun().add('note_added', { run_id: 'r1', message_id: 'm2', part: 3, text: 'x', at: '' })
    expect(foldAll(events).stale).toBe(true)
  })
})

describe('a turn that rests', () => {
  const rested = begun().add('run_paused', { ...task, how: 'pause' })

  test('is paused, and streams again when it is resumed', () => {
    expect(messageOf(foldAll(rested.events), 'm2')?.status).toBe('paused')
    expect(messageOf(foldAll([...rested.events, ...new Log(rested.events.length).add('run_resumed', task).events]), 'm2')?.status).toBe('streaming')
  })

  test('that has ended is not waked by a late event', () => {
    const ended = begun().add('message', { message: message('m2', { parent_id: 'm1' }) }).add('run_paused', { ...task, how: 'pause' })
    expect(messageOf(foldAll(ended.events), 'm2')?.status).toBe('done')
  })
})

describe('the store', () => {
  let store: ChatStore
  const page: MessagePage = { items: [], has_more: false, seq: 0 }
  beforeEach(async () => {
    get.mockResolvedValue(page)
    store = new ChatStore('c1', (flush) => flush())
    await store.load()
  })

  test('tells that the turn rests', () => {
    begun().add('run_paused', { ...task, how: 'interrupt' }).events.forEach((event) => store.take(event))
    expect(store.listView()).toMatchObject({ running: true, paused: true })
  })

  test('stops the turn that goes, not the one that waits for it', () => {
    begun()
      .add('message', { message: message('m3', { role: 'user', agent: null, run_id: null, parent_id: 'm2' }) })
      .add('message', { message: message('m4', { parent_id: 'm3', run_id: 'r2', status: 'streaming' }) }).events.forEach((event) => store.take(event))
    expect(store.activeRun()).toBe('r1')
  })
})

test('an event makes old what it speaks of: lists by runs, steps by what a run does, plans by plans', () => {
  const [queued, tool, plan, chat] = new Log().add('task_queued', task).add('tool_failed', { message_id: 'm2', part: 0, tool_call_id: 't', tool: 'x', error: '', duration_ms: 1, status: 'failed' }).add('plan_updated', { plan: {} as never }).add('chat_updated', { chat: {} as never }).events as [TeamEvent, TeamEvent, TeamEvent, TeamEvent]
  expect(touched(queued).map((key) => key.join('/'))).toEqual(['runs/lists', 'queues', 'schedules', 'runs/run/r1'])
  expect(touched(tool).map((key) => key.join('/'))).toEqual(['runs/run/r1'])
  expect(touched(plan)).toEqual([['plans']])
  expect(touched(chat)).toEqual([])
})

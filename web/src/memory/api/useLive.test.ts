import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import type { TeamEvent } from '@/lib/events'
import { fileOf, jobOf } from '../testing/memories'

vi.mock('@/lib/live', () => ({ live: { listen: () => () => undefined } }))
const { isOver, take, withJob } = await import('./useLive')
const { keys } = await import('./queries')

const told = (type: string, data: unknown) => ({ seq: 1, id: 'e', session_id: '', run_id: null, parent_run_id: null, agent: null, ts: 0, type, data }) as unknown as TeamEvent
let client: QueryClient
beforeEach(() => { client = new QueryClient() })

test('a job that is told takes the place of what was known of it', () => {
  const page = { items: [jobOf({ id: 'a' }), jobOf({ id: 'b' })], next_cursor: null }
  expect(withJob(page, jobOf({ id: 'b', progress: 0.5 })).items.map(({ id, progress }) => [id, progress])).toEqual([['a', 0], ['b', 0.5]])
})

test('a new job comes first', () => expect(withJob({ items: [jobOf({ id: 'a' })], next_cursor: null }, jobOf({ id: 'b' })).items.map(({ id }) => id)).toEqual(['b', 'a']))

test('progress is shown from the event, without asking the server for the list', () => {
  client.setQueryData(keys.jobs, { items: [jobOf()], next_cursor: null })
  const old = take(client, told('memory_job', { job: jobOf({ progress: 0.7, files: [fileOf({ status: 'indexing' })] }) }))
  expect(client.getQueryData<{ items: { progress: number }[] }>(keys.jobs)?.items[0]?.progress).toBe(0.7)
  expect(old).toEqual([keys.stats])
})

test('the end of a job renews what it brought', () => {
  const old = take(client, told('memory_job', { job: jobOf({ status: 'done', progress: 1 }) }))
  expect(old).toEqual([keys.documents, keys.stats, keys.lists, keys.graph])
})

test('what an agent kept renews the lists', () => expect(take(client, told('memory_stored', { memory: null, document: null }))).toEqual([keys.stats, keys.lists]))
test('other events change nothing here', () => expect(take(client, told('usage', {}))).toEqual([]))
test.each([['queued', false], ['running', false], ['done', true], ['failed', true], ['cancelled', true]] as const)('a job that is %s is over: %s', (status, over) => expect(isOver(jobOf({ status }))).toBe(over))

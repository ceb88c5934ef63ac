import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { speakers } from './dialects'
import type { Ask } from './dialects/types'
import { Lane, speedOf } from './lane'

vi.mock('@/lib/session', () => ({ accessToken: () => Promise.resolve('token'), refresh: () => Promise.resolve('fresh') }))

const chunk = (delta: object, rest: object = {}) => `data: ${JSON.stringify({ choices: [{ delta, ...rest }] })}\n\n`
const whole = [chunk({ content: 'Hel' }), chunk({ content: 'lo' }), chunk({}, { finish_reason: 'stop' }), 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n']
const headers = { 'content-type': 'text/event-stream', 'x-entourage-provider': 'p', 'x-entourage-model': 'm', 'x-entourage-cache': 'miss', 'x-entourage-call': 'call-1' }

/** A body in pieces, after which it ends, breaks, or waits to be stopped. */
function body(pieces: readonly string[], after: 'end' | 'break' | 'wait', signal?: AbortSignal | null): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => new TextEncoder().encode(piece))
  return new ReadableStream({
    pull(controller) {
      const next = left.shift()
      if (next) controller.enqueue(next)
      else if (after === 'end') controller.close()
      else if (after === 'break') controller.error(new TypeError('network error'))
      else return new Promise((resolve) => signal?.addEventListener('abort', () => { controller.error(new DOMException('stopped', 'AbortError')); resolve() }))
      return undefined
    },
  })
}

type Door = (init: RequestInit) => Response
let door: Door
const asked: RequestInit[] = []
const ask: Ask = { model: 'fast', system: '', turns: [{ role: 'user', text: 'Hi', images: [] }], temperature: null, max_tokens: null, json: false }
const put = (lane: Lane, skipCache = false) => lane.ask('Hi', [], { speaker: speakers.chat, ask, skipCache })
const last = (lane: Lane) => lane.snapshot().at(-1)!

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => { queueMicrotask(draw); return 1 })
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    if (path.startsWith('/my/usage/calls/')) return Promise.resolve(Response.json({ cost_usd: '0.000405' }))
    asked.push(init)
    try { return Promise.resolve(door(init)) } catch (error) { return Promise.reject(error as Error) }
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('a lane', () => {
  it('follows a stream to its end and learns what it cost', async () => {
    door = () => new Response(body(whole, 'end'), { headers })
    const lane = new Lane()
    await put(lane)
    expect(last(lane)).toMatchObject({ status: 'done', text: 'Hello', tokens: { input: 3, output: 2 }, cost_usd: '0.000405', served: { provider: 'p', model: 'm', cache: 'miss' } })
    expect(last(lane).raw).toMatchObject({ status: 200, text: whole.join('') })
    expect(lane.turns()).toEqual([{ role: 'user', text: 'Hi', images: [] }, { role: 'assistant', text: 'Hello', images: [] }])
  })
  it('sends the session’s token, and the wish to skip the cache', async () => {
    door = () => new Response(body(whole, 'end'), { headers })
    await put(new Lane(), true)
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer token', 'x-entourage-cache': 'no-store' })
  })
  it('renews the token once', async () => {
    door = ({ headers: sent }) => ((sent as Record<string, string>).authorization === 'Bearer token' ? Response.json({ error: { message: 'expired' } }, { status: 401 }) : new Response(body(whole, 'end'), { headers }))
    const lane = new Lane()
    await put(lane)
    expect(last(lane).status).toBe('done')
  })
  it('tells a refusal in the server’s words', async () => {
    door = () => Response.json({ error: { message: 'No such model', code: 'model_not_found' } }, { status: 404 })
    const lane = new Lane()
    await put(lane)
    expect(last(lane)).toMatchObject({ status: 'failed', problem: 'No such model' })
    expect(lane.turns()).toEqual([])
  })
  it('says that a stream broke off, whether it ended early or the connection went', async () => {
    for (const after of ['end', 'break'] as const) {
      door = () => new Response(body(whole.slice(0, 1), after), { headers })
      const lane = new Lane()
      await put(lane)
      expect(last(lane)).toMatchObject({ status: 'cut', text: 'Hel' })
    }
  })
  it('an error event in mid-stream is a failure, and what came before it stays', async () => {
    door = () => new Response(body([whole[0]!, 'data: {"error":{"message":"overloaded"}}\n\n'], 'end'), { headers })
    const lane = new Lane()
    await put(lane)
    expect(last(lane)).toMatchObject({ status: 'failed', text: 'Hel', problem: 'overloaded' })
  })
  it('no connection at all is a failure without words of a server', async () => {
    door = () => { throw new TypeError('Failed to fetch') }
    const lane = new Lane()
    await put(lane)
    expect(last(lane)).toMatchObject({ status: 'failed', problem: null })
  })
  it('stops when told, and keeps what it has', async () => {
    door = ({ signal }) => new Response(body(whole.slice(0, 2), 'wait', signal), { headers })
    const lane = new Lane()
    const stop = lane.subscribe(() => { if (lane.snapshot().at(-1)?.text === 'Hello') lane.stop() })
    await put(lane)
    stop()
    expect(last(lane)).toMatchObject({ status: 'stopped', text: 'Hello' })
    expect(lane.turns()).toHaveLength(2)
  })
  it('can be asked again, and be cleared', async () => {
    door = () => new Response(body(whole, 'end'), { headers })
    const lane = new Lane()
    await put(lane)
    expect(lane.dropLast()?.question).toBe('Hi')
    expect(lane.snapshot()).toEqual([])
    await put(lane)
    lane.clear()
    expect(lane.snapshot()).toEqual([])
  })
})

it.each([
  [{ first_ms: 500, took_ms: 1500, tokens: 50 }, 50], [{ first_ms: 500, took_ms: 505, tokens: 50 }, null], [{ first_ms: null, took_ms: 10, tokens: 5 }, null], [{ first_ms: 0, took_ms: 1000, tokens: 0 }, null],
])('speed of %j is %j', ({ tokens, ...times }, speed) => {
  expect(speedOf({ ...times, tokens: { input: 1, output: tokens, cached: 0, reasoning: 0 } })).toBe(speed)
})

import { accessToken, refresh } from '@/lib/session'
import { errorOf, type Ask, type Piece, type Speaker } from './dialects/types'
import { SseReader } from './sse'

/** What the gateway says of itself in an answer's headers. */
export interface Served { provider: string | null; model: string | null; cache: string | null; call_id: string | null }

export interface Heard {
  /** The answer began: its status, its headers and what they say. */
  opened: (status: number, headers: [string, string][], served: Served) => void
  /** A piece of the body, as it came. */
  raw: (text: string) => void
  piece: (piece: Piece) => void
}

export interface Options { speaker: Speaker; ask: Ask; skipCache: boolean; signal: AbortSignal }

/** A refusal, in the words of the one who refused. */
export class Refused extends Error {
  constructor(message: string, readonly status: number) {
    super(message)
    this.name = 'Refused'
  }
}

const done = '[DONE]'

/**
 * Asks the gateway in one dialect and tells what is heard until the stream ends.
 * Raises `Refused` for an answer other than 200, the browser's own errors when there is no connection or it was stopped.
 */
export async function converse({ speaker, ask, skipCache, signal }: Options, heard: Heard): Promise<void> {
  const answer = await send(speaker, JSON.stringify(speaker.body(ask)), skipCache, signal)
  const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
  heard.opened(answer.status, headers, servedBy(answer.headers))
  if (!answer.ok) {
    const text = await answer.text()
    heard.raw(text)
    throw new Refused(errorOf(parse(text)) ?? (text.slice(0, 500) || `HTTP ${answer.status}`), answer.status)
  }
  if (answer.body) await listen(answer.body, speaker, heard)
}

async function send(speaker: Speaker, body: string, skipCache: boolean, signal: AbortSignal): Promise<Response> {
  const call = (token: string | null) => fetch(speaker.path, { method: 'POST', body, signal, headers: headersOf(speaker, skipCache, token) })
  const token = await accessToken()
  const first = await call(token)
  if (first.status !== 401 || token === null) return first
  const renewed = await refresh(token)
  return renewed === null ? first : call(renewed)
}

export function headersOf(speaker: Speaker, skipCache: boolean, token: string | null): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(speaker.dialect === 'messages' && { 'anthropic-version': '2023-06-01' }),
    ...(skipCache && { 'x-entourage-cache': 'no-store' }),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  }
}

function servedBy(headers: Headers): Served {
  const named = (name: string) => headers.get(`x-entourage-${name}`)
  return { provider: named('provider'), model: named('model'), cache: named('cache'), call_id: named('call') }
}

async function listen(body: ReadableStream<Uint8Array>, speaker: Speaker, heard: Heard): Promise<void> {
  const reader = new SseReader()
  const decoder = new TextDecoder()
  const take = (text: string) => {
    heard.raw(text)
    for (const { data } of reader.feed(text)) if (data !== done) speaker.read(parse(data)).forEach(heard.piece)
  }
  for await (const bytes of pieces(body)) take(decoder.decode(bytes, { stream: true }))
  take(decoder.decode())
}

/** Not every browser can iterate over a stream by itself. */
async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done: isOver, value } = await reader.read()
    if (isOver) return
    yield value
  }
}

function parse(text: string): unknown {
  try { return JSON.parse(text) } catch { return null }
}

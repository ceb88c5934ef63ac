import { ApiError, api } from '@/lib/api'
import { converse, Refused, type Options, type Served } from './exchange'
import type { Image, Piece, Tokens, Turn } from './dialects/types'

export type Status = 'waiting' | 'streaming' | 'done' | 'stopped' | 'cut' | 'failed'

export interface Raw { request: { path: string; body: Record<string, unknown> }; status: number | null; headers: [string, string][]; text: string; isCut: boolean }

/** One question and what came of it. */
export interface Round {
  id: number
  question: string
  images: readonly Image[]
  model: string
  status: Status
  text: string
  reasoning: string
  problem: string | null
  tokens: Tokens | null
  first_ms: number | null
  took_ms: number | null
  served: Served | null
  /** What it cost, once the log knows; undefined while it is being asked. */
  cost_usd: string | null | undefined
  raw: Raw
}

const most_raw = 400_000
const no_tokens: Tokens = { input: 0, output: 0, cached: 0, reasoning: 0 }
let last = 0

export const isBusy = (round: Round | undefined): boolean => round?.status === 'waiting' || round?.status === 'streaming'

/** One model's side of the playground: the rounds so far, the last of which may be on its way. Outside React, told once a frame. */
export class Lane {
  private rounds: readonly Round[] = []
  private shown: readonly Round[] = []
  private readonly listeners = new Set<() => void>()
  private stopper: AbortController | null = null
  private frame = 0

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => { this.listeners.delete(listener) }
  }

  snapshot = (): readonly Round[] => this.shown

  get isBusy(): boolean { return isBusy(this.rounds.at(-1)) }

  /** What was said so far and goes along with the next question; rounds that brought nothing do not. */
  turns(): Turn[] {
    return this.rounds.filter(({ text }) => text !== '').flatMap(({ question, images, text }): Turn[] => [
      { role: 'user', text: question, images }, { role: 'assistant', text, images: [] },
    ])
  }

  clear(): void {
    this.stop()
    this.rounds = []
    this.tell()
  }

  stop(): void { this.stopper?.abort() }

  /** Takes back the last round, to ask again. */
  dropLast(): Round | undefined {
    const round = this.rounds.at(-1)
    this.rounds = this.rounds.slice(0, -1)
    this.tell()
    return round
  }

  /** Asks and follows the answer to its end; never raises. */
  async ask(question: string, images: readonly Image[], options: Omit<Options, 'signal'>): Promise<void> {
    const stopper = new AbortController()
    this.stopper = stopper
    const { speaker, ask } = options
    const round: Round = {
      id: ++last, question, images, model: ask.model, status: 'waiting', text: '', reasoning: '', problem: null, tokens: null, first_ms: null, took_ms: null, served: null, cost_usd: null,
      raw: { request: { path: speaker.path, body: speaker.body(ask) }, status: null, headers: [], text: '', isCut: false },
    }
    this.rounds = [...this.rounds, round]
    this.tell()
    await this.follow(round.id, { ...options, signal: stopper.signal })
    await this.price(round.id)
  }

  private async follow(id: number, options: Options): Promise<void> {
    const began = performance.now()
    let isWhole = false
    const since = () => performance.now() - began
    const ended = (status: Status, problem: string | null = null) => this.change(id, (round) => ({ status, problem: problem ?? round.problem, took_ms: since() }))
    try {
      await converse(options, {
        opened: (status, headers, served) => this.change(id, ({ raw }) => ({ served, raw: { ...raw, status, headers } })),
        raw: (text) => this.change(id, ({ raw }) => ({ raw: appended(raw, text) })),
        piece: (piece) => {
          if (piece.kind === 'end') isWhole = true
          else this.change(id, (round) => heard(round, piece, since()))
        },
      })
      const isFailed = this.rounds.find((round) => round.id === id)?.problem !== null
      ended(isFailed ? 'failed' : isWhole ? 'done' : 'cut')
    } catch (error) {
      if (options.signal.aborted) ended('stopped')
      else ended(error instanceof Refused || this.rounds.find((round) => round.id === id)?.text === '' ? 'failed' : 'cut', error instanceof Refused ? error.message : null)
    }
  }

  /** The log knows the price a moment after the call is over. */
  private async price(id: number): Promise<void> {
    const call = this.rounds.find((round) => round.id === id)?.served?.call_id
    if (!call) return
    this.change(id, () => ({ cost_usd: undefined }))
    const cost_usd = await costOf(call)
    this.change(id, () => ({ cost_usd }))
  }

  private change(id: number, part: (round: Round) => Partial<Round>): void {
    this.rounds = this.rounds.map((round) => (round.id === id ? { ...round, ...part(round) } : round))
    this.frame ||= requestAnimationFrame(() => this.tell())
  }

  private tell(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.shown = this.rounds
    this.listeners.forEach((listener) => listener())
  }
}

function heard(round: Round, piece: Exclude<Piece, { kind: 'end' }>, at_ms: number): Partial<Round> {
  switch (piece.kind) {
    case 'text': return { status: 'streaming', text: round.text + piece.text, first_ms: round.first_ms ?? at_ms }
    case 'reasoning': return { status: 'streaming', reasoning: round.reasoning + piece.text, first_ms: round.first_ms ?? at_ms }
    case 'tokens': return { tokens: { ...(round.tokens ?? no_tokens), ...piece.tokens } }
    case 'error': return { problem: piece.message }
  }
}

function appended(raw: Raw, text: string): Raw {
  if (raw.isCut) return raw
  const whole = raw.text + text
  return whole.length <= most_raw ? { ...raw, text: whole } : { ...raw, text: whole.slice(0, most_raw), isCut: true }
}

const tries = 6
const pause_ms = 350

async function costOf(call: string): Promise<string | null> {
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      return (await api.get<{ cost_usd: string | null }>(`/my/usage/calls/${encodeURIComponent(call)}`)).cost_usd
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) return null
    }
    await new Promise((resolve) => setTimeout(resolve, pause_ms * (attempt + 1)))
  }
  return null
}

const shortest_ms = 20

/** Tokens a second once they came; null where there is nothing to measure (a cached answer, a single burst). */
export function speedOf({ tokens, first_ms, took_ms }: Pick<Round, 'tokens' | 'first_ms' | 'took_ms'>): number | null {
  if (tokens === null || first_ms === null || took_ms === null || took_ms - first_ms < shortest_ms || tokens.output === 0) return null
  return tokens.output / ((took_ms - first_ms) / 1000)
}

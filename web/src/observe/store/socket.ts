import { accessToken, refresh } from '@/lib/session'
import type { Aggregation, WireEvent } from '../api/types'

export type Connection = 'idle' | 'connecting' | 'open' | 'waiting'

export interface Heard {
  event: (event: WireEvent) => void
  aggregation: (aggregation: Aggregation) => void
  /** The stream tells everything after `seq`; `resumed` when nothing was missed since the last time. */
  subscribed: (seq: number, resumed: boolean) => void
  /** Some events were dropped because this page read too slowly. */
  gap: () => void
  status: (status: Connection) => void
}

interface Frame { type: string; id?: string; seq?: number; payload?: unknown }

const first_retry_ms = 400
const longest_retry_ms = 8_000
/** Heartbeats come each 30 s. */
const silence_ms = 75_000
const expired_code = 4401
const kinds = ['event', 'aggregation']

const connect = (token: string): WebSocket =>
  new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/stream`, ['entourage.v1', `bearer.${token}`])

/**
 * The stream of the Observe screen, apart from the page's own: it hears outside agents too, narrowed by the filter bar,
 * and ends when the person leaves the screen.
 */
export class ObserveSocket {
  private socket: WebSocket | null = null
  private filters: Record<string, unknown> = {}
  private last: number | null = null
  private attempt = 0
  private round = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private token: string | null = null

  constructor(private readonly heard: Heard) {}

  /** Listens with these filters from now on; forgets where it was. */
  subscribe(filters: Record<string, unknown>): void {
    this.filters = filters
    this.last = null
    if (this.socket?.readyState === WebSocket.OPEN) this.ask()
    else if (this.socket === null) void this.open()
  }

  stop(): void {
    this.drop()
    this.last = null
    this.heard.status('idle')
  }

  private async open(renew = false): Promise<void> {
    this.drop()
    const { round } = this
    this.heard.status('connecting')
    try {
      this.token = await (renew ? refresh(this.token) : accessToken())
      if (round !== this.round || this.token === null) return
      this.attach(connect(this.token))
    } catch {
      if (round === this.round) this.later()
    }
  }

  private attach(socket: WebSocket): void {
    this.socket = socket
    this.watch()
    socket.onopen = () => this.ask()
    socket.onmessage = (message: MessageEvent<string>) => { this.watch(); this.take(JSON.parse(message.data) as Frame) }
    socket.onclose = (event) => {
      if (event.code === expired_code && this.attempt === 0) { this.attempt = 1; void this.open(true) }
      else this.later()
    }
  }

  private ask(): void {
    const after = this.last === null ? {} : { after: this.last }
    this.socket?.send(JSON.stringify({ action: 'subscribe', id: 'observe', filters: { ...this.filters, ...after }, kinds }))
  }

  private take(frame: Frame): void {
    if (frame.type === 'event') {
      const event = frame.payload as WireEvent
      // A subscription that was replaced may still have had events on their way.
      if (this.last === null || event.seq <= this.last) return
      this.last = event.seq
      this.heard.event(event)
    } else if (frame.type === 'aggregation') this.heard.aggregation(frame.payload as Aggregation)
    else if (frame.type === 'gap') this.skip((frame.payload as { to: number }).to)
    else if (frame.type === 'subscribed') this.subscribed(frame.seq ?? 0)
  }

  private subscribed(seq: number): void {
    const resumed = this.last !== null
    this.last ??= seq
    this.attempt = 0
    this.heard.status('open')
    this.heard.subscribed(seq, resumed)
  }

  private skip(to: number): void {
    this.last = Math.max(this.last ?? 0, to)
    this.heard.gap()
  }

  private later(): void {
    this.drop()
    const longest = Math.min(longest_retry_ms, first_retry_ms * 2 ** this.attempt++)
    this.retry = setTimeout(() => void this.open(), longest * (0.5 + Math.random() / 2))
    this.heard.status('waiting')
  }

  private watch(): void {
    clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => this.later(), silence_ms)
  }

  private drop(): void {
    this.round++
    clearTimeout(this.retry)
    clearTimeout(this.watchdog)
    const { socket } = this
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}

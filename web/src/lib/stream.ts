import type { TeamEvent } from './events'

export type StreamStatus = 'idle' | 'connecting' | 'open' | 'waiting'

interface Frame {
  type: 'subscribed' | 'event' | 'heartbeat' | 'gap' | 'pong' | 'error'
  seq?: number
  payload?: unknown
}

/** What the stream needs from outside; tests give their own. */
export interface StreamOptions {
  connect: (token: string) => WebSocket
  token: () => Promise<string | null>
  renewToken: () => Promise<string | null>
  random?: () => number
}

interface Listener {
  event: (event: TeamEvent) => void
  /** The stream now tells everything after `since`; what was fetched before that is old. */
  covered: (since: number) => void
  status?: (status: StreamStatus) => void
}

const first_retry_ms = 400
const longest_retry_ms = 8_000
/** Heartbeats come each 30 s. */
const silence_ms = 75_000
const expired_code = 4401

/**
 * The one live connection: all events of this person, resumed after the last seen one. It reconnects by itself, waiting
 * longer each time (with jitter, so that clients of a restarted server do not come back at once).
 */
export class TeamStream {
  status: StreamStatus = 'idle'
  /** Everything after this is known to arrive; null until the first subscription. */
  since: number | null = null
  private last: number | null = null
  private socket: WebSocket | null = null
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private listeners = new Set<Listener>()
  private round = 0

  constructor(private readonly options: StreamOptions) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => { this.listeners.delete(listener) }
  }

  start(): void {
    if (this.status === 'idle') void this.open()
  }

  /** Ends the connection and forgets where it was (sign-out). */
  stop(): void {
    this.drop()
    this.last = this.since = null
    this.attempt = 0
    this.show('idle')
  }

  /** Tries at once instead of waiting for the timer (the network came back, the page is seen again). */
  hurry(): void {
    if (this.status === 'waiting') { this.attempt = 0; void this.open() }
    else if (this.status === 'open') this.socket?.send('{"action":"ping"}')
  }

  private async open(renew = false): Promise<void> {
    this.drop()
    this.show('connecting')
    const round = this.round
    try {
      const token = await (renew ? this.options.renewToken() : this.options.token())
      if (round !== this.round) return
      if (token === null) { this.show('idle'); return }
      this.attach(this.options.connect(token))
    } catch {
      if (round === this.round) this.later()
    }
  }

  private attach(socket: WebSocket): void {
    this.socket = socket
    this.watch()
    socket.onopen = () => {
      const filters = { session_ids: [], event_types: [], agents: [], source_apps: ['team'], ...(this.last === null ? {} : { after: this.last }) }
      socket.send(JSON.stringify({ action: 'subscribe', id: 'main', filters }))
    }
    socket.onmessage = (message: MessageEvent<string>) => { this.watch(); this.take(JSON.parse(message.data) as Frame) }
    socket.onclose = (event) => {
      if (event.code === expired_code && this.attempt === 0) { this.attempt = 1; void this.open(true) }
      else this.later()
    }
  }

  private take(frame: Frame): void {
    if (frame.type === 'event') this.tell(frame.payload as TeamEvent)
    else if (frame.type === 'subscribed') this.subscribed(frame.seq ?? 0)
    else if (frame.type === 'gap') this.skip((frame.payload as { to: number }).to)
  }

  private subscribed(seq: number): void {
    this.attempt = 0
    if (this.last === null) { this.last = seq; this.cover(seq) }
    this.show('open')
  }

  private tell(event: TeamEvent): void {
    if (typeof event.seq === 'number') {
      if (this.last !== null && event.seq <= this.last) return
      this.last = event.seq
    }
    if ((event.type as string) === 'gap') this.skip((event.data as unknown as { to: number }).to)
    else this.listeners.forEach((listener) => listener.event(event))
  }

  private skip(to: number): void {
    this.last = Math.max(this.last ?? 0, to)
    this.cover(to)
  }

  private cover(since: number): void {
    this.since = since
    this.listeners.forEach((listener) => listener.covered(since))
  }

  private later(): void {
    this.drop()
    const longest = Math.min(longest_retry_ms, first_retry_ms * 2 ** this.attempt++)
    const random = this.options.random ?? Math.random
    this.retry = setTimeout(() => void this.open(), longest * (0.5 + random() / 2))
    this.show('waiting')
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

  private show(status: StreamStatus): void {
    if (this.status === status) return
    this.status = status
    this.listeners.forEach((listener) => listener.status?.(status))
  }
}

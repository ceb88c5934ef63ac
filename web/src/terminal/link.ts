import type { ClientFrame, Hello, ServerFrame } from './frames'

export type LinkStatus = 'connecting' | 'open' | 'waiting' | 'ended' | 'gone'

/** What the link needs from outside; tests give their own. */
export interface LinkOptions {
  /** Opens the socket whose output begins after this offset; null leaves the beginning to the server. */
  connect: (after: number | null) => Promise<WebSocket>
  /** Bytes as they come, in order, none twice; `end` is the offset after the last of them. */
  output: (bytes: Uint8Array, end: number) => void
  hello?: (hello: Hello) => void
  resized?: (rows: number, cols: number) => void
  viewers?: (count: number) => void
  /** So many bytes were let go before they could be sent. */
  lost?: (bytes: number) => void
  exit?: (code: number) => void
  status?: (status: LinkStatus) => void
  random?: () => number
}

const first_retry_ms = 300
const longest_retry_ms = 5000
/** The server waits for a reader that has more than this undrawn. */
const ack_each_bytes = 32_768
const most_input_bytes = 16_384
/** The terminal is not there, or not this person's. */
const gone_codes: ReadonlySet<number> = new Set([4400, 4403, 4404, 4410])

/**
 * One terminal over a socket that may break: it comes back with what was missed, byte by byte, and tells the server what
 * has been drawn, so that a flood stops at the pace of the screen.
 */
export class TerminalLink {
  status: LinkStatus = 'connecting'
  /** All output before this has come. */
  received = 0
  writable = false
  viewers = 1
  /** Output before this was there already when we came: the terminal must not answer its questions again. */
  replayed = 0
  private drawn = 0
  private isKnown = false
  private acked = 0
  private socket: WebSocket | null = null
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private round = 0

  constructor(private readonly options: LinkOptions) {}

  get isReplaying(): boolean { return this.drawn < this.replayed }

  start(): void { void this.open() }

  stop(): void { this.drop(); this.status = 'ended' }

  /** Tries at once instead of waiting. */
  hurry(): void {
    if (this.status === 'waiting') { this.attempt = 0; void this.open() }
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.writable || this.status !== 'open') return
    for (let at = 0; at < bytes.length; at += most_input_bytes) this.socket?.send(bytes.subarray(at, at + most_input_bytes))
  }

  resize(rows: number, cols: number): void {
    if (this.writable) this.send({ type: 'resize', rows, cols })
  }

  /** To be told once everything before `end` is on the screen. */
  shown(end: number): void {
    this.drawn = Math.max(this.drawn, end)
    if (this.drawn - this.acked >= ack_each_bytes || this.drawn === this.received) this.ack()
  }

  private ack(): void {
    if (this.drawn <= this.acked) return
    this.acked = this.drawn
    this.send({ type: 'ack', offset: this.drawn })
  }

  private send(frame: ClientFrame): void {
    if (this.status === 'open') this.socket?.send(JSON.stringify(frame))
  }

  private async open(): Promise<void> {
    this.drop()
    this.show('connecting')
    const round = this.round
    try {
      const socket = await this.options.connect(this.isKnown ? this.received : null)
      if (round !== this.round) { socket.close(); return }
      this.attach(socket)
    } catch {
      if (round === this.round) this.later()
    }
  }

  private attach(socket: WebSocket): void {
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') this.take(JSON.parse(data) as ServerFrame)
      else this.receive(new Uint8Array(data))
    }
    socket.onclose = ({ code }) => {
      if (gone_codes.has(code)) { this.drop(); this.show('gone') }
      else if (this.status !== 'ended') this.later()
    }
  }

  private receive(bytes: Uint8Array): void {
    this.received += bytes.length
    this.options.output(bytes, this.received)
  }

  private take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello': return this.greet(frame)
      case 'resized': return this.options.resized?.(frame.rows, frame.cols)
      case 'viewers':
        this.viewers = frame.count
        return this.options.viewers?.(frame.count)
      case 'gap': return this.skip(frame.to)
      case 'exit':
        this.show('ended')
        return this.options.exit?.(frame.code)
      default:
    }
  }

  private greet(hello: Hello): void {
    this.attempt = 0
    this.writable = hello.writable
    this.viewers = hello.viewers
    if (this.isKnown) this.skip(hello.start)
    else {
      this.received = this.drawn = hello.start
      this.replayed = hello.offset
    }
    this.isKnown = true
    this.acked = hello.start
    this.show('open')
    this.options.hello?.(hello)
    this.ack()
  }

  private skip(to: number): void {
    const lost = to - this.received
    if (lost <= 0) return
    this.received = to
    this.drawn = Math.max(this.drawn, to)
    this.options.lost?.(lost)
  }

  private later(): void {
    this.drop()
    const longest = Math.min(longest_retry_ms, first_retry_ms * 2 ** this.attempt++)
    this.retry = setTimeout(() => void this.open(), longest * (0.5 + (this.options.random ?? Math.random)() / 2))
    this.show('waiting')
  }

  private drop(): void {
    this.round++
    clearTimeout(this.retry)
    const { socket } = this
    this.socket = null
    if (!socket) return
    socket.onmessage = socket.onclose = null
    socket.close()
  }

  private show(status: LinkStatus): void {
    if (this.status === status) return
    this.status = status
    this.options.status?.(status)
  }
}

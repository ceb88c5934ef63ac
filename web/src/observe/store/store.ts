import { fetchEvents } from '../api/calls'
import type { Aggregation, WireEvent } from '../api/types'
import { snippetOf } from '../events/highlight'
import { everything, matches, toStream, type Filters } from '../filters/filters'
import { LaneBoard } from './lanes'
import { toRow, type Row } from './row'
import { ObserveSocket, type Connection, type Heard } from './socket'
import { EventWindow, type Answer, type Ask } from './window'

export type Topic = 'rows' | 'lanes' | 'status'

interface Outside {
  fetch: (filters: Filters, ask: Ask) => Promise<Answer>
  socket: (heard: Heard) => Pick<ObserveSocket, 'subscribe' | 'stop'>
  frame: (flush: () => void) => void
}

/** A hidden page draws no frames: then so many events are taken in at once. */
const most_in_inbox = 2000
/** A paused screen keeps so many events for later; older ones are fetched again on resuming. */
const most_held = 20_000

const browser: Outside = { fetch: fetchEvents, socket: (heard) => new ObserveSocket(heard), frame: (flush) => { requestAnimationFrame(flush) } }

/**
 * What the Observe screen knows, in one place: the stream and the pages flow in here, and parts of the screen listen to
 * their own topic. Whatever comes in between two frames is taken in at once, and each topic hears of it once.
 */
export class ObserveStore {
  filters: Filters = everything
  connection: Connection = 'idle'
  paused = false
  /** Events that came while the screen was paused. */
  held = 0
  /** The moment the screen was paused at; null while it is live. */
  frozen_ms: number | null = null
  received = 0
  readonly board = new LaneBoard()
  /** What was seen so far, to choose from in the filters. */
  readonly seen = { sources: new Set<string>(), types: new Set<string>(), agents: new Set<string>() }
  readonly window: EventWindow
  private readonly socket: Pick<ObserveSocket, 'subscribe' | 'stop'>
  private readonly listeners = new Map<Topic, Set<() => void>>()
  private readonly versions = new Map<Topic, number>()
  private readonly dirty = new Set<Topic>()
  private readonly taps = new Set<(rows: readonly Row[]) => void>()
  private readonly aggregationTaps = new Set<(aggregation: Aggregation) => void>()
  private inbox: WireEvent[] = []
  private heldEvents: WireEvent[] = []
  private seeding = false
  private scheduled = false

  constructor(private readonly outside: Outside = browser) {
    this.window = new EventWindow((ask) => this.outside.fetch(this.filters, ask), () => this.touch('rows'))
    this.socket = outside.socket({
      event: (event) => this.hear(event),
      aggregation: (aggregation) => this.aggregationTaps.forEach((tap) => tap(aggregation)),
      subscribed: (_, resumed) => { if (!resumed) void this.seed() },
      gap: () => void this.seed(),
      status: (connection) => this.connected(connection),
    })
  }

  /** Narrows everything; starts the stream the first time. */
  show(filters: Filters): void {
    this.filters = filters
    this.inbox = []
    this.heldEvents = []
    this.held = 0
    this.seeding = true
    this.socket.subscribe(toStream(filters))
    this.touch('rows', 'lanes', 'status')
  }

  stop(): void {
    this.socket.stop()
    this.inbox = []
  }

  private connected(connection: Connection): void {
    this.connection = connection
    this.touch('status')
    // Without the stream there is still the log.
    if (connection === 'waiting' && this.window.status === 'empty') void this.seed()
  }

  /** Fetches what is newest now and begins from there. */
  private async seed(): Promise<void> {
    this.seeding = true
    const { filters } = this
    await this.window.open()
    if (filters !== this.filters) return
    this.board.clear()
    for (const row of this.window.rows) { this.board.take(row); this.see(row) }
    this.seeding = false
    this.touch('rows', 'lanes')
  }

  private hear(event: WireEvent): void {
    if (this.paused) { this.hold(event); return }
    this.inbox.push(event)
    if (this.inbox.length > most_in_inbox) this.flush()
    else this.schedule()
  }

  private hold(event: WireEvent): void {
    this.held++
    if (this.heldEvents.length < most_held) this.heldEvents.push(event)
    this.touch('status')
  }

  /** Stands still (what comes in is kept), or catches up and goes on. */
  pause(paused: boolean): void {
    if (paused === this.paused) return
    this.paused = paused
    this.frozen_ms = paused ? Date.now() : null
    if (!paused) this.catchUp()
    this.touch('status', 'lanes')
  }

  private catchUp(): void {
    const isWhole = this.held === this.heldEvents.length
    if (isWhole) this.inbox.push(...this.heldEvents)
    else void this.seed()
    this.heldEvents = []
    this.held = 0
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.outside.frame(() => this.flush())
  }

  private touch(...topics: Topic[]): void {
    topics.forEach((topic) => this.dirty.add(topic))
    this.schedule()
  }

  private flush(): void {
    this.scheduled = false
    const events = this.inbox
    this.inbox = []
    if (events.length > 0) this.takeIn(events)
    const topics = [...this.dirty]
    this.dirty.clear()
    for (const topic of topics) {
      this.versions.set(topic, this.version(topic) + 1)
      this.listeners.get(topic)?.forEach((listener) => listener())
    }
  }

  private takeIn(events: readonly WireEvent[]): void {
    const rows: Row[] = []
    const isSearch = this.filters.text !== ''
    for (const event of events) {
      const row = toRow(event)
      if (isSearch) row.snippet = snippetOf(event, this.filters.text)
      if (matches(row, this.filters, isSearch ? JSON.stringify(event.data) : '')) rows.push(row)
    }
    this.received += rows.length
    rows.forEach((row) => this.see(row))
    if (!this.seeding) for (const row of rows) this.board.take(row)
    this.window.live(rows)
    this.taps.forEach((tap) => tap(rows))
    this.dirty.add('lanes')
  }

  private see({ source, type, agent }: Row): void {
    this.seen.sources.add(source)
    this.seen.types.add(type)
    this.seen.agents.add(agent)
  }

  /** Calls back with every batch of new events. */
  tap(listener: (rows: readonly Row[]) => void): () => void {
    this.taps.add(listener)
    return () => { this.taps.delete(listener) }
  }

  /** Calls back when the sums of an agent in a session have changed. */
  onAggregation(listener: (aggregation: Aggregation) => void): () => void {
    this.aggregationTaps.add(listener)
    return () => { this.aggregationTaps.delete(listener) }
  }

  listen(topic: Topic, listener: () => void): () => void {
    const set = this.listeners.get(topic) ?? new Set()
    this.listeners.set(topic, set.add(listener))
    return () => { set.delete(listener) }
  }

  /** Counts the changes of a topic. */
  version(topic: Topic): number {
    return this.versions.get(topic) ?? 0
  }
}

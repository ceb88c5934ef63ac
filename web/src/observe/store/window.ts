import type { Row } from './row'

export interface Ask { order: 'asc' | 'desc'; cursor: string | null; from?: number; to?: number }
export interface Answer { rows: Row[]; next: string | null }
export type Fetch = (ask: Ask) => Promise<Answer>

/** Rows kept at most; the far end is let go of and fetched again at need. */
const most_rows = 150_000
/** New rows that wait for a reader who is elsewhere; after more than that only their number is kept. */
const most_waiting = 20_000

/**
 * A stretch of the log in memory, oldest first, that grows at both ends: by keyset pages towards the past and the present,
 * and by the stream at the present. A reader who is not at the newest row is never moved: what comes in waits.
 */
export class EventWindow {
  rows: Row[] = []
  status: 'empty' | 'loading' | 'ready' | 'failed' = 'empty'
  error: unknown = null
  atOldest = false
  atNewest = false
  /** New events that the reader has not seen yet. */
  fresh = 0
  /** Whether the reader is at the newest row. */
  following = true
  private waiting: Row[] = []
  private olderCursor: string | null = null
  private newerCursor: string | null = null
  private busy = false
  private opening = false
  private round = 0

  constructor(private readonly fetch: Fetch, private readonly changed: () => void, private readonly limit = most_rows) {}

  /** Shows the newest page, or from the very beginning. */
  async open(at: 'newest' | 'oldest' = 'newest'): Promise<void> {
    const round = ++this.round
    this.busy = this.opening = true
    this.waiting = []
    this.fresh = 0
    this.error = null
    this.status = this.rows.length === 0 ? 'loading' : this.status
    this.changed()
    try {
      const page = await this.fetch({ order: at === 'newest' ? 'desc' : 'asc', cursor: null })
      if (round === this.round) this.start(page, at)
    } catch (error) {
      if (round === this.round) this.fail(error)
    }
  }

  private start(page: Answer, at: 'newest' | 'oldest'): void {
    const isNewest = at === 'newest'
    this.busy = this.opening = false
    this.status = 'ready'
    this.atNewest = isNewest || page.next === null
    this.atOldest = !isNewest || page.next === null
    this.olderCursor = isNewest ? page.next : null
    this.newerCursor = isNewest ? null : page.next
    this.rows = isNewest ? page.rows.reverse() : page.rows
    if (this.atNewest) { this.append(this.waiting.splice(0)); this.fresh = 0 }
    this.changed()
  }

  private fail(error: unknown): void {
    this.busy = this.opening = false
    this.error = error
    this.rows = []
    this.status = 'failed'
    this.changed()
  }

  /** Fetches the page before the oldest row. */
  older(): Promise<void> {
    if (this.atOldest) return Promise.resolve()
    const at = this.rows[0]?.ts
    return this.page({ order: 'desc', cursor: this.olderCursor, ...(at === undefined ? {} : { to: at + 1 }) }, ({ rows, next }) => {
      const first = this.rows[0]?.seq ?? Infinity
      this.rows = [...rows.filter(({ seq }) => seq < first).reverse(), ...this.rows]
      this.olderCursor = next
      this.atOldest = next === null
      if (this.rows.length > this.limit) this.letGoOfNewest()
    })
  }

  /** Fetches the page after the newest row, when the stream does not reach it. */
  newer(): Promise<void> {
    if (this.atNewest) return Promise.resolve()
    const at = this.rows.at(-1)?.ts
    return this.page({ order: 'asc', cursor: this.newerCursor, ...(at === undefined ? {} : { from: at }) }, ({ rows, next }) => {
      this.append(rows)
      this.newerCursor = next
      this.atNewest = next === null
      if (this.atNewest) { this.append(this.waiting.splice(0)); this.fresh = 0 }
      if (this.rows.length > this.limit) this.letGoOfOldest()
    })
  }

  private async page(ask: Ask, take: (answer: Answer) => void): Promise<void> {
    if (this.busy || this.status !== 'ready') return
    this.busy = true
    const { round } = this
    try {
      const answer = await this.fetch(ask)
      if (round !== this.round) return
      take(answer)
    } catch (error) {
      if (round === this.round) this.error = error
    }
    this.busy = false
    this.changed()
  }

  private append(rows: readonly Row[]): void {
    let last = this.rows.at(-1)?.seq ?? -1
    for (const row of rows) {
      if (row.seq <= last) continue
      this.rows.push(row)
      last = row.seq
    }
  }

  private letGoOfNewest(): void {
    this.rows.length = this.limit
    this.atNewest = false
    this.newerCursor = null
  }

  private letGoOfOldest(): void {
    this.rows.splice(0, this.rows.length - this.limit)
    this.atOldest = false
    this.olderCursor = null
  }

  /** Events of the stream, oldest first. */
  live(rows: readonly Row[]): void {
    if (rows.length === 0) return
    const isShown = this.status === 'ready' && !this.opening && this.atNewest && this.following
    if (isShown) {
      this.append(rows)
      if (this.rows.length > this.limit * 1.1) this.letGoOfOldest()
    } else {
      this.waiting.push(...rows)
      this.fresh += rows.length
      if (this.waiting.length > most_waiting) { this.waiting = []; this.atNewest = false; this.newerCursor = null }
    }
    this.changed()
  }

  /** The reader came to the newest row, or left it. */
  follow(following: boolean): void {
    if (following === this.following) return
    this.following = following
    if (!following || !this.atNewest || this.status !== 'ready') return
    this.append(this.waiting.splice(0))
    this.fresh = 0
    this.changed()
  }

  /** Where the row with this number stands, or the first after it. */
  indexOf(seq: number): number {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.rows[middle]?.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

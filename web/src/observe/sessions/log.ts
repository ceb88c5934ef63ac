import { useEffect, useReducer, useState } from 'react'
import { fetchEvents } from '../api/calls'
import { everything, type Filters } from '../filters/filters'
import type { Row } from '../store/row'
import { observe } from '../store/useObserve'

/** A session longer than this shows its newest events. */
const most_rows = 50_000

/** All events of one session in order, page after page, and then as they happen. */
export class SessionLog {
  rows: Row[] = []
  status: 'loading' | 'ready' | 'failed' = 'loading'
  error: unknown = null
  private readonly filters: Filters
  private waiting: Row[] = []
  private stopped = false

  constructor(private readonly source: string, private readonly session: string, private readonly changed: () => void) {
    this.filters = { ...everything, sources: [source], session }
  }

  async load(): Promise<void> {
    this.status = 'loading'
    try {
      for (let cursor: string | null = null, isMore = true; isMore && !this.stopped;) {
        const page = await fetchEvents(this.filters, { order: 'asc', cursor })
        this.append(page.rows)
        cursor = page.next
        isMore = cursor !== null
        this.changed()
      }
      this.append(this.waiting.splice(0))
      this.status = 'ready'
    } catch (error) {
      this.error = error
      this.status = 'failed'
    }
    this.changed()
  }

  take(rows: readonly Row[]): void {
    const ours = rows.filter((row) => row.session === this.session && row.source === this.source)
    if (ours.length === 0) return
    if (this.status === 'ready') this.append(ours)
    else this.waiting.push(...ours)
    this.changed()
  }

  stop(): void {
    this.stopped = true
  }

  private append(rows: readonly Row[]): void {
    const last = this.rows.at(-1)?.seq ?? -1
    this.rows = [...this.rows, ...rows.filter((row) => row.seq > last)].slice(-most_rows)
  }
}

/** The log of a session, followed while it is shown. */
export function useSessionLog(source: string, session: string): SessionLog {
  const [, render] = useReducer((n: number) => n + 1, 0)
  const [log, setLog] = useState(() => new SessionLog(source, session, () => undefined))
  useEffect(() => {
    const made = new SessionLog(source, session, render)
    setLog(made)
    void made.load()
    const stop = observe.tap((rows) => made.take(rows))
    return () => { made.stop(); stop() }
  }, [source, session])
  return log
}

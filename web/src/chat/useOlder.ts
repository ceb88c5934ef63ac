import { useEffect } from 'react'
import type { ChatStore } from './store'

/** With fewer rows than this above the reader, the page before them is fetched. */
const rows_ahead = 150
/** With fewer than this it is needed now, not when there is time. */
const rows_urgent = 20
const patience_ms = 400

/** Fetches earlier messages ahead of a reader who scrolls up; `first` is the index of the first row that is drawn. */
export function useOlder(store: ChatStore, first: number, length: number): void {
  const isWanted = first < rows_ahead
  const isUrgent = first < rows_urgent
  useEffect(() => {
    if (!isWanted) return
    const timer = setTimeout(() => void store.loadOlder().catch(() => undefined), isUrgent ? 0 : patience_ms)
    return () => clearTimeout(timer)
  }, [store, isWanted, isUrgent, length])
}

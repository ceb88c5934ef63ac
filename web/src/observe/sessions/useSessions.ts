import { useEffect } from 'react'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { fetchSessions } from '../api/calls'
import { keys } from '../api/queries'
import type { SessionStatus } from '../api/types'
import type { Filters } from '../filters/filters'
import { observe } from '../store/useObserve'

const refetch_ms = 4000

/** Pages of sessions, newest first; asked anew now and then while anything happens in them. */
export function useSessions(filters: Filters, status: SessionStatus | null, project: string) {
  const client = useQueryClient()
  const { sources, text, last, from, to } = filters
  useEffect(() => refreshWhileBusy(() => void client.invalidateQueries({ queryKey: keys.sessions })), [client])
  return useInfiniteQuery({
    queryKey: [...keys.sessions, { sources, text, last, from, to, status, project }],
    queryFn: ({ pageParam, signal }) => fetchSessions(filters, { status, project, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
}

/** Calls `refresh` soon after something happened, and not again for a while. */
export function refreshWhileBusy(refresh: () => void, isOurs: (session: string) => boolean = () => true, pause_ms = refetch_ms): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = () => { timer ??= setTimeout(() => { timer = undefined; refresh() }, pause_ms) }
  const stops = [
    observe.tap((rows) => { if (rows.some((row) => isOurs(row.session))) soon() }),
    // The sums follow the events a moment later.
    observe.onAggregation(({ session_id }) => { if (isOurs(session_id)) soon() }),
  ]
  return () => { stops.forEach((stop) => stop()); clearTimeout(timer) }
}

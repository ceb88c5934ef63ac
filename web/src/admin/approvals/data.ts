import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ApiError } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Approval, Decision, Page } from '@/lib/types'

const inbox_ms = 4_000
const most_pending = 200
const page_decided = 50

/** What waits. Under the shared key, so that a live event changes it; asked again besides, for not every source is in the stream. */
export function usePending() {
  return useQuery({
    queryKey: keys.approvals,
    queryFn: ({ signal }) => api.get<Page<Approval>>('/my/approvals', { status: 'pending', limit: most_pending }, { signal }),
    select: (page) => page.items.filter((item) => item.status === 'pending'),
    refetchInterval: inbox_ms,
  })
}

/** What was decided, the newest first. */
export function useDecided() {
  return useInfiniteQuery({
    queryKey: [...keys.approvals, 'decided'],
    queryFn: ({ pageParam, signal }) => api.get<Page<Approval>>('/my/approvals', { limit: page_decided, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: (data) => data.pages.flatMap((page) => page.items).filter((item) => item.status !== 'pending'),
  })
}

/** How many of some approvals were decided, and how many somebody had decided before. */
export interface Outcome {
  decided: number
  late: number
}

export function useDecide(): (ids: readonly string[], decision: Decision) => Promise<Outcome> {
  const client = useQueryClient()
  return async (ids, decision) => {
    const [only] = ids
    const outcome = await (ids.length === 1 && only !== undefined ? decideOne(only, decision) : decideMany(ids, decision))
    await client.invalidateQueries({ queryKey: keys.approvals })
    return outcome
  }
}

async function decideOne(id: string, decision: Decision): Promise<Outcome> {
  try {
    await api.post<Approval>(`/my/approvals/${id}/decide`, decision)
    return { decided: 1, late: 0 }
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return { decided: 0, late: 1 }
    throw error
  }
}

const decideMany = (ids: readonly string[], { decision, reason }: Decision): Promise<Outcome> =>
  api.post('/my/approvals/decide', { ids, decision, ...(reason !== undefined && { reason }) })

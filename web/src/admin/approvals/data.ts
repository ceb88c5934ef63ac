import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ApiError } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Approval, Decision, Page } from '@/lib/types'

/** Both kinds of list under the shared key, so that a live event refreshes them. */
export function useApprovalList(pending: boolean) {
  return useQuery({
    queryKey: pending ? keys.approvals : [...keys.approvals, 'decided'],
    queryFn: ({ signal }) =>
      api.get<Page<Approval>>('/my/approvals', pending ? { status: 'pending' } : { limit: 100 }, { signal }),
    select: (page) => page.items.filter((item) => (item.status === 'pending') === pending),
    refetchInterval: pending ? 30_000 : false,
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
    const results = await Promise.allSettled(ids.map((id) => api.post<Approval>(`/my/approvals/${id}/decide`, decision)))
    await client.invalidateQueries({ queryKey: keys.approvals })
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    const late = refused.filter((reason) => reason instanceof ApiError && reason.status === 409).length
    const [broken] = refused.filter((reason) => !(reason instanceof ApiError && reason.status === 409))
    if (broken) throw broken
    return { decided: ids.length - late, late }
  }
}

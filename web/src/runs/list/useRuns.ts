import { useInfiniteQuery } from '@tanstack/react-query'
import { keys } from '../api/queries'
import { runs, type RunAsk } from '../api/calls'

/** The pages of runs that fit, the newest first. */
export function useRuns(ask: Omit<RunAsk, 'cursor'>) {
  const query = useInfiniteQuery({
    queryKey: [...keys.lists, ask],
    queryFn: ({ pageParam, signal }) => runs.list({ ...ask, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  })
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] }
}

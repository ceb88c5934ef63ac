import { queryOptions } from '@tanstack/react-query'
import { fetchAggregations, fetchComparison, fetchEvent, fetchSession, fetchSpans, sources, views } from './calls'

/** Under these names the screen's answers are kept. */
export const keys = {
  sources: ['observe', 'sources'] as const,
  views: ['observe', 'views'] as const,
  sessions: ['observe', 'sessions'] as const,
  /** Costs and their series. */
  spent: ['observe', 'spent'] as const,
  session: (source: string, id: string) => ['observe', 'session', source, id] as const,
}

export const sourcesQuery = queryOptions({ queryKey: keys.sources, queryFn: ({ signal }) => sources.list(signal) })
export const viewsQuery = queryOptions({ queryKey: keys.views, queryFn: ({ signal }) => views.list(signal) })
export const eventQuery = (id: string) => queryOptions({ queryKey: ['observe', 'event', id], queryFn: ({ signal }) => fetchEvent(id, signal), staleTime: Infinity })
export const sessionQuery = (source: string, id: string) => queryOptions({ queryKey: keys.session(source, id), queryFn: ({ signal }) => fetchSession(source, id, signal) })
export const spansQuery = (source: string, id: string) =>
  queryOptions({ queryKey: [...keys.session(source, id), 'spans'], queryFn: ({ signal }) => fetchSpans(source, id, signal) })
export const aggregationsQuery = (source: string, id: string) =>
  queryOptions({ queryKey: [...keys.session(source, id), 'aggregations'], queryFn: ({ signal }) => fetchAggregations(source, id, signal) })
export const comparisonQuery = (left: string, right: string) =>
  queryOptions({ queryKey: ['observe', 'compare', left, right], queryFn: ({ signal }) => fetchComparison(left, right, signal) })

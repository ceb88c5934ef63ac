import { keepPreviousData, queryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { documents, graph, memories, type ListAsk, type NodeAsk } from './calls'
import type { SearchAsk } from './types'

/** Under these names the screen's answers are kept. */
export const keys = {
  all: ['memory'] as const,
  lists: ['memory', 'list'] as const,
  search: ['memory', 'search'] as const,
  stats: ['memory', 'stats'] as const,
  settings: ['memory', 'settings'] as const,
  embedders: ['memory', 'embedders'] as const,
  jobs: ['memory', 'jobs'] as const,
  documents: ['memory', 'documents'] as const,
  document: (id: string) => ['memory', 'documents', id] as const,
  graph: ['memory', 'graph'] as const,
}

/** The name of an answer about one memory: that of a workspace, or one's own. */
export const keyIn = (names: readonly unknown[], workspace: string | undefined): readonly unknown[] => (workspace === undefined ? names : [...names, { workspace }])

/** While something is indexed or moved, its progress is asked as often as this. */
const busy_ms = 1500

export const searchQuery = (ask: SearchAsk) => queryOptions({
  queryKey: [...keys.search, ask], queryFn: ({ signal }) => memories.search(ask, signal), enabled: ask.query !== '', placeholderData: keepPreviousData, staleTime: 10_000,
})
export const statsQuery = (workspace?: string) => queryOptions({
  queryKey: keyIn(keys.stats, workspace), queryFn: ({ signal }) => memories.stats(workspace, signal), refetchInterval: ({ state: { data } }) => (data && (data.reindex !== null || data.pending > 0) ? busy_ms : false),
})
export const settingsQuery = (workspace?: string) => queryOptions({ queryKey: keyIn(keys.settings, workspace), queryFn: ({ signal }) => memories.settings(workspace, signal) })
export const embeddersQuery = (workspace?: string) => queryOptions({ queryKey: keyIn(keys.embedders, workspace), queryFn: ({ signal }) => memories.embedders(workspace, signal), select: (page) => page.items })
export const jobsQuery = (workspace?: string) => queryOptions({
  queryKey: keyIn(keys.jobs, workspace), queryFn: ({ signal }) => documents.jobs(workspace, signal),
  // The stream tells of progress; this is for what it cannot tell while it is down.
  refetchInterval: ({ state: { data } }) => (data?.items.some(({ status }) => status === 'queued' || status === 'running') ? 5000 : false),
})
export const graphStatsQuery = queryOptions({ queryKey: [...keys.graph, 'stats'], queryFn: ({ signal }) => graph.stats(signal) })
export const nodesQuery = (ask: NodeAsk) => queryOptions({ queryKey: [...keys.graph, 'nodes', ask], queryFn: ({ signal }) => graph.nodes(ask, signal), select: (page) => page.items })

/** The pages of what a list asks, in one; asked again while some of it changes by itself. */
function usePages<Item>(
  queryKey: readonly unknown[], ask: (cursor: string | null, signal: AbortSignal) => Promise<{ items: Item[]; next_cursor: string | null }>, isBusy: (item: Item) => boolean = () => false,
) {
  const query = useInfiniteQuery({
    queryKey, queryFn: ({ pageParam, signal }) => ask(pageParam, signal), initialPageParam: null as string | null, getNextPageParam: (page) => page.next_cursor, placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.pages.some(({ items }) => items.some(isBusy)) ? busy_ms : false),
  })
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] }
}

export const useMemories = (ask: Omit<ListAsk, 'cursor'>) => usePages([...keys.lists, ask], (cursor, signal) => memories.list({ ...ask, cursor }, signal), ({ indexed, error }) => !indexed && error === null)
export const useDocuments = (workspace?: string) => usePages(keyIn([...keys.documents, 'list'], workspace), (cursor, signal) => documents.list(workspace, cursor, signal))

/** A document with the pages of its pieces that were asked so far. */
export function useDocument(id: string) {
  const query = useInfiniteQuery({
    queryKey: keys.document(id), queryFn: ({ pageParam, signal }) => documents.get(id, pageParam, signal), initialPageParam: null as string | null, getNextPageParam: ({ chunks }) => chunks.next_cursor,
  })
  return { ...query, document: query.data?.pages[0], chunks: query.data?.pages.flatMap((page) => page.chunks.items) ?? [] }
}

/** Asks anew whatever is under these names. */
export function useRefresh(): (...names: (readonly unknown[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...names) => { await Promise.all(names.map((queryKey) => client.invalidateQueries({ queryKey }))) }
}

import type { MemoryKind, SearchAsk, SearchMode } from '../api/types'

export type Since = '' | 'day' | 'week' | 'month' | 'year'

/** What is searched and how, as the address says it. */
export interface Wanted { query: string; mode: SearchMode; kind: MemoryKind | ''; agent: string; tag: string; since: Since; graph: 0 | 1 | 2; /** Also among what one's workspaces share. */ isWide: boolean }

export const modes: readonly SearchMode[] = ['hybrid', 'dense', 'sparse']
export const kinds: readonly MemoryKind[] = ['fact', 'interaction', 'document']
export const sinces: readonly Exclude<Since, ''>[] = ['day', 'week', 'month', 'year']
const days: Record<Exclude<Since, ''>, number> = { day: 1, week: 7, month: 30, year: 365 }
const day_ms = 86_400_000
const most_hits = 20

const known = <Value extends string>(values: readonly Value[], text = ''): Value | '' => values.find((value) => value === text) ?? ''

type Address = Record<string, string | undefined>

export function wantedOf(search: Address): Wanted {
  const graph = Number(search.graph ?? 1)
  return {
    query: search.q ?? '', mode: known(modes, search.mode) || 'hybrid', kind: known(kinds, search.kind), agent: search.agent ?? '', tag: search.tag ?? '', since: known(sinces, search.since),
    graph: graph === 0 || graph === 2 ? graph : 1, isWide: search.wide === '1',
  }
}

export function addressOf({ query, mode, kind, agent, tag, since, graph, isWide }: Wanted): Address {
  return {
    q: query || undefined, mode: mode === 'hybrid' ? undefined : mode, kind: kind || undefined, agent: agent || undefined, tag: tag.trim() || undefined, since: since || undefined,
    graph: graph === 1 ? undefined : String(graph), wide: isWide ? '1' : undefined,
  }
}

/** What the server is asked; times are cut to the hour, so that the answer to the same question is kept for a while. */
export function askOf({ query, mode, kind, agent, tag, since, graph }: Wanted, now = Date.now()): SearchAsk {
  const tags = tag.split(',').map((word) => word.trim()).filter((word) => word !== '')
  const hour_ms = 3_600_000
  return {
    query: query.trim(), mode, graph, limit: most_hits,
    ...(kind !== '' && { kinds: [kind] }), ...(agent !== '' && { agents: [agent] }), ...(tags.length > 0 && { tags }),
    ...(since !== '' && { after: new Date(Math.floor((now - days[since] * day_ms) / hour_ms) * hour_ms).toISOString() }),
  }
}

export const isNarrowed = ({ kind, agent, tag, since }: Wanted): boolean => kind !== '' || agent !== '' || tag.trim() !== '' || since !== ''

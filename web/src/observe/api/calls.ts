import { api } from '@/lib/api'
import type { Page } from '@/lib/types'
import { timeRange, toQuery, type Filters } from '../filters/filters'
import type { Answer, Ask } from '../store/window'
import { snippetOf } from '../events/highlight'
import { toRow } from '../store/row'
import type {
  Aggregation, Comparison, CostGroup, CostRow, MetricSeries, SavedView, Session, SessionStatus, Source, Span, WireEvent,
} from './types'

const page_rows = 1000
/** A search brings whole bodies, to show where it hit. */
const hit_rows = 200
const page_sessions = 50

const path = (address: string, query: URLSearchParams): string => (query.size === 0 ? address : `${address}?${query}`)
const sessionPath = (source: string, id: string): string => `/sessions/${encodeURIComponent(source)}/${encodeURIComponent(id)}`

/** One page of the events that the filters let through. */
export async function fetchEvents(filters: Filters, ask: Ask): Promise<Answer> {
  const query = toQuery(filters, Date.now())
  const isSearch = filters.text.trim() !== ''
  query.set('limit', String(isSearch ? hit_rows : page_rows))
  query.set('order', ask.order)
  query.set('lean', String(!isSearch))
  if (ask.cursor !== null) query.set('cursor', ask.cursor)
  else {
    if (ask.from !== undefined) query.set('from', String(ask.from))
    if (ask.to !== undefined) query.set('to', String(ask.to))
  }
  const page = await api.get<Page<WireEvent>>(path('/events', query))
  return { rows: page.items.map((event) => (isSearch ? { ...toRow(event), snippet: snippetOf(event, filters.text) } : toRow(event))), next: page.next_cursor }
}

export function countEvents(filters: Filters, signal: AbortSignal): Promise<{ count: number; exact: boolean }> {
  return api.get(path('/events/count', toQuery(filters, Date.now())), undefined, { signal })
}

export const fetchEvent = (id: string, signal: AbortSignal): Promise<WireEvent> => api.get(`/events/${encodeURIComponent(id)}`, undefined, { signal })

export interface SessionAsk { status: SessionStatus | null; project: string; cursor: string | null }

export function fetchSessions(filters: Filters, ask: SessionAsk, signal?: AbortSignal): Promise<Page<Session>> {
  const query = new URLSearchParams({ limit: String(page_sessions) })
  const { from, to } = timeRange(filters, Date.now())
  filters.sources.forEach((source) => query.append('source_app', source))
  if (filters.text.trim() !== '') query.set('q', filters.text.trim())
  if (ask.status !== null) query.set('status', ask.status)
  if (ask.project !== '') query.set('project', ask.project)
  if (from !== null) query.set('from', String(from))
  if (to !== null) query.set('to', String(to))
  if (ask.cursor !== null) query.set('cursor', ask.cursor)
  return api.get(path('/sessions', query), undefined, { signal })
}

export const fetchSession = (source: string, id: string, signal: AbortSignal): Promise<Session> => api.get(sessionPath(source, id), undefined, { signal })

/** What no agent is named for was done by the application itself. */
const named = <Item extends { agent: string | null }>(items: readonly Item[], source: string): (Item & { agent: string })[] => items.map((item) => ({ ...item, agent: item.agent ?? source }))
type Unnamed<Item> = Omit<Item, 'agent'> & { agent: string | null }

export async function fetchSpans(source: string, id: string, signal: AbortSignal): Promise<{ items: Span[] }> {
  const { items } = await api.get<{ items: Unnamed<Span>[] }>(`${sessionPath(source, id)}/spans`, undefined, { signal })
  return { items: named(items, source) }
}

export async function fetchAggregations(source: string, id: string, signal: AbortSignal): Promise<{ items: Aggregation[] }> {
  const { items } = await api.get<{ items: Unnamed<Aggregation>[] }>('/aggregations', { session_id: id, source_app: source }, { signal })
  return { items: named(items, source) }
}

export const fetchComparison = (left: string, right: string, signal: AbortSignal): Promise<Comparison> => api.get('/sessions/compare', { left, right }, { signal })

export interface SeriesAsk { interval: string; from: number; to: number; group: 'none' | 'type' | 'agent' }

export function fetchSeries(filters: Filters, { interval, from, to, group }: SeriesAsk, signal: AbortSignal): Promise<MetricSeries> {
  const query = new URLSearchParams({ interval, from: String(from), to: String(to), group_by: group })
  filters.types.forEach((type) => query.append('type', type))
  filters.agents.forEach((agent) => query.append('agent', agent))
  return api.get(path('/metrics/series', query), undefined, { signal })
}

export function fetchCosts(group: CostGroup, from: number, to: number, signal: AbortSignal): Promise<{ items: CostRow[] }> {
  return api.get('/costs', { group_by: group, from, to }, { signal })
}

export const views = {
  list: (signal: AbortSignal): Promise<{ items: SavedView[] }> => api.get('/my/views', undefined, { signal }),
  create: (name: string, query: Record<string, unknown>): Promise<SavedView> => api.post('/my/views', { name, query }),
  change: (id: string, name: string, query: Record<string, unknown>): Promise<SavedView> => api.put(`/my/views/${id}`, { name, query }),
  remove: (id: string): Promise<undefined> => api.delete(`/my/views/${id}`),
}

export const sources = {
  list: (signal: AbortSignal): Promise<{ items: Source[] }> => api.get('/my/sources', undefined, { signal }),
  set: (app: string, body: Pick<Source, 'mode' | 'route_permissions'>): Promise<Source> => api.put(`/my/sources/${encodeURIComponent(app)}`, body),
}

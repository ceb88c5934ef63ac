import type { Row } from '../store/row'

/** What all tabs are narrowed to; kept in the address. Empty lists and nulls mean everything. */
export interface Filters {
  sources: readonly string[]
  types: readonly string[]
  agents: readonly string[]
  session: string | null
  text: string
  /** A rolling span such as `1h`; excludes `from` and `to`. */
  last: Last | null
  /** Epoch milliseconds. */
  from: number | null
  to: number | null
}

export const spans_ms = { '15m': 900_000, '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const
export type Last = keyof typeof spans_ms

export const everything: Filters = { sources: [], types: [], agents: [], session: null, text: '', last: null, from: null, to: null }

const list = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(','))
const moment = (text: string | undefined): number | null => (text !== undefined && /^\d+$/.test(text) ? Number(text) : null)

/** The filters an address names; what it names wrongly is left out. */
export function readFilters(search: Record<string, string | undefined>): Filters {
  const { last } = search
  return {
    sources: list(search.source), types: list(search.type), agents: list(search.agent), session: search.session || null, text: search.q ?? '',
    last: last !== undefined && last in spans_ms ? (last as Last) : null, from: moment(search.from), to: moment(search.to),
  }
}

/** The part of an address that says these filters; `undefined` for what is not narrowed. */
export function writeFilters(filters: Filters): Record<string, string | undefined> {
  const words = (items: readonly string[]) => (items.length === 0 ? undefined : items.join(','))
  return {
    source: words(filters.sources), type: words(filters.types), agent: words(filters.agents), session: filters.session ?? undefined, q: filters.text || undefined,
    last: filters.last ?? undefined, from: filters.from?.toString(), to: filters.to?.toString(),
  }
}

/** The span of time in epoch milliseconds, rolling ones as of `now`. */
export function timeRange({ last, from, to }: Filters, now: number): { from: number | null; to: number | null } {
  return last === null ? { from, to } : { from: now - spans_ms[last], to: null }
}

/** The query of `GET /events`, `/costs` and their like. */
export function toQuery(filters: Filters, now: number): URLSearchParams {
  const query = new URLSearchParams()
  const { from, to } = timeRange(filters, now)
  filters.sources.forEach((source) => query.append('source_app', source))
  filters.types.forEach((type) => query.append('type', type))
  filters.agents.forEach((agent) => query.append('agent', agent))
  if (filters.session !== null) query.set('session_id', filters.session)
  if (filters.text.trim() !== '') query.set('q', filters.text.trim())
  if (from !== null) query.set('from', String(from))
  if (to !== null) query.set('to', String(to))
  return query
}

/** What the stream filters for us; text and time stay with the client. */
export function toStream(filters: Filters): Record<string, unknown> {
  return {
    session_ids: filters.session === null ? [] : [filters.session], source_apps: filters.sources, event_types: filters.types, agents: filters.agents, run_ids: [],
  }
}

/** The words of a search, lower-case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

const fits = (type: string, wanted: string): boolean => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted)

/** Whether a live event belongs to what is shown. `body` is its data as text, given only when a search needs it. */
export function matches(row: Row, filters: Filters, body = ''): boolean {
  if (filters.sources.length > 0 && !filters.sources.includes(row.source)) return false
  if (filters.types.length > 0 && !filters.types.some((type) => fits(row.type, type))) return false
  if (filters.agents.length > 0 && !filters.agents.includes(row.agent)) return false
  if (filters.session !== null && row.session !== filters.session) return false
  if (filters.to !== null && row.ts > filters.to) return false
  if (filters.from !== null && row.ts < filters.from) return false
  if (filters.text === '') return true
  const all = `${row.summary} ${row.type} ${row.tool ?? ''} ${row.agent} ${body}`.toLowerCase()
  return wordsOf(filters.text).every((word) => all.includes(word))
}

/** How many kinds of narrowing are on. */
export function narrowed(filters: Filters): number {
  const { sources, types, agents, session, last, from, to } = filters
  return [sources.length > 0, types.length > 0, agents.length > 0, session !== null, last !== null || from !== null || to !== null].filter(Boolean).length
}

import type { UsageRow } from '../api/types'

export const measures = {
  calls: (row: UsageRow) => row.calls,
  errors: (row: UsageRow) => row.errors,
  tokensIn: (row: UsageRow) => row.input_tokens,
  tokensOut: (row: UsageRow) => row.output_tokens,
  cachedShare: (row: UsageRow) => (row.input_tokens === 0 ? 0 : row.cached_tokens / row.input_tokens),
  cacheHits: (row: UsageRow) => row.cache_hits,
  firstToken: (row: UsageRow) => row.first_token_ms_p50 ?? -1,
  latency: (row: UsageRow) => row.latency_ms_p50 ?? -1,
  saved: (row: UsageRow) => Number(row.saved_usd),
  cost: (row: UsageRow) => Number(row.cost_usd),
} as const
export type Measure = keyof typeof measures
export const names = Object.keys(measures) as Measure[]

export type SortBy = Measure | 'name'
export interface Sort { by: SortBy; descending: boolean }

/** A heading pressed: figures begin with the largest, names with the first; pressed again, the other way round. */
export const pressed = (sort: Sort, by: SortBy): Sort => (sort.by === by ? { by, descending: !sort.descending } : { by, descending: by !== 'name' })

export const nameOf = (row: UsageRow): string => row.label || row.key || ''

/** Rows in the order asked for; those alike stay by name. */
export function sorted(rows: readonly UsageRow[], { by, descending }: Sort): UsageRow[] {
  const way = descending ? -1 : 1
  const byName = (a: UsageRow, b: UsageRow) => nameOf(a).localeCompare(nameOf(b))
  if (by === 'name') return rows.toSorted((a, b) => way * byName(a, b))
  const measure = measures[by]
  return rows.toSorted((a, b) => way * (measure(a) - measure(b)) || byName(a, b))
}

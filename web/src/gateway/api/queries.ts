import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { aliases, budgets, fetchUsage, gatewayKeys, models, people, type Reach, type UsageAsk } from './calls'

/** Under these names the screen's answers are kept. */
export const keys = {
  aliases: ['gateway', 'aliases'] as const,
  health: ['gateway', 'health'] as const,
  keys: ['gateway', 'keys'] as const,
  budgets: ['gateway', 'budgets'] as const,
  usage: ['gateway', 'usage'] as const,
  calls: ['gateway', 'calls'] as const,
  offered: ['gateway', 'offered'] as const,
  people: ['people'] as const,
}

const health_ms = 5_000
const usage_ms = 20_000

export const aliasesQuery = queryOptions({ queryKey: keys.aliases, queryFn: ({ signal }) => aliases.list(signal), select: (page) => page.items })
/** Asked again every few seconds while it is looked at. */
export const healthQuery = queryOptions({
  queryKey: keys.health, queryFn: ({ signal }) => models.health(signal), select: (page) => page.items, refetchInterval: health_ms, staleTime: 0,
})
export const keysQuery = queryOptions({ queryKey: keys.keys, queryFn: ({ signal }) => gatewayKeys.list(signal), select: (page) => page.items })
export const budgetsQuery = (reach: Reach) =>
  queryOptions({ queryKey: [...keys.budgets, reach], queryFn: ({ signal }) => budgets.list(reach, signal), select: (page) => page.items })
export const peopleQuery = queryOptions({ queryKey: keys.people, queryFn: ({ signal }) => people(signal), select: (page) => page.items })
export const usageQuery = (reach: Reach, ask: UsageAsk) =>
  queryOptions({ queryKey: [...keys.usage, reach, ask], queryFn: ({ signal }) => fetchUsage(reach, ask, signal), placeholderData: keepPreviousData, refetchInterval: usage_ms, staleTime: 0 })

/** A name that the gateway's doors take for `model`. */
export interface Offered { id: string; owned_by: string }
/** Everything this person may ask the gateway for: aliases, the team, models of providers. */
export const offeredQuery = queryOptions({
  queryKey: keys.offered, queryFn: ({ signal }) => api.get<{ data: Offered[] }>('/v1/models', undefined, { signal }), select: (list) => list.data,
})

/** Asks anew whatever is under these names. */
export function useRefresh(): (...names: (readonly string[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...names) => { await Promise.all(names.map((queryKey) => client.invalidateQueries({ queryKey }))) }
}

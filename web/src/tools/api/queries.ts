import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { Page, Secret } from '@/lib/types'
import { bundles } from './bundles'
import { policies, type Reach } from './policies'
import { policy } from './rules'
import { servers } from './servers'
import { services } from './services'
import { fetchHealth, fetchTools } from './tools'

/** Under these names the screens' answers are kept. */
export const keys = {
  tools: ['tools', 'catalogue'] as const,
  health: ['tools', 'health'] as const,
  calls: ['tools', 'calls'] as const,
  policies: ['tools', 'policies'] as const,
  rules: ['tools', 'rules'] as const,
  entries: ['tools', 'entries'] as const,
  servers: ['tools', 'servers'] as const,
  services: ['tools', 'services'] as const,
  bundles: ['tools', 'bundles'] as const,
}

/** While a screen is looked at, what lives is asked for again so often. */
const live_ms = 2_500
const slow_ms = 15_000
const lively = { refetchInterval: live_ms, staleTime: 0 } as const

export const toolsQuery = queryOptions({ queryKey: keys.tools, queryFn: ({ signal }) => fetchTools(signal), select: (page) => page.items, refetchInterval: slow_ms })
export const healthQuery = queryOptions({ queryKey: keys.health, queryFn: ({ signal }) => fetchHealth(signal), select: (page) => page.items, refetchInterval: 5_000, staleTime: 0 })
export const policiesQuery = (reach: Reach) => queryOptions({ queryKey: [...keys.policies, reach], queryFn: ({ signal }) => policies.list(reach, signal), select: (page) => page.items })
export const rulesQuery = queryOptions({ queryKey: keys.rules, queryFn: ({ signal }) => policy.read(signal), staleTime: Infinity, gcTime: 0 })

export const entriesQuery = queryOptions({ queryKey: keys.entries, queryFn: ({ signal }) => servers.catalogue(signal), select: (page) => page.items, staleTime: Infinity })
export const serversQuery = queryOptions({ queryKey: keys.servers, queryFn: ({ signal }) => servers.list(signal), select: (page) => page.items, ...lively })
export const serverQuery = (id: string) => queryOptions({ queryKey: [...keys.servers, id], queryFn: ({ signal }) => servers.get(id, signal) })
export const statusQuery = (id: string) => queryOptions({ queryKey: [...keys.servers, id, 'status'], queryFn: ({ signal }) => servers.status(id, signal), ...lively })
export const pinsQuery = (id: string) => queryOptions({ queryKey: [...keys.servers, id, 'pins'], queryFn: ({ signal }) => servers.pins(id, signal), select: (page) => page.items, refetchInterval: slow_ms })

/** Names of the vault; what they stand for is never told. */
export const secretsQuery = queryOptions({ queryKey: ['secrets'], queryFn: ({ signal }) => api.get<Page<Secret>>('/my/secrets', undefined, { signal }), select: (page) => page.items })

export const servicesQuery = queryOptions({ queryKey: keys.services, queryFn: ({ signal }) => services.list(signal), select: (page) => page.items, refetchInterval: slow_ms })
export const operationsQuery = (id: string) => queryOptions({ queryKey: [...keys.services, id, 'operations'], queryFn: ({ signal }) => services.operations(id, signal), select: (page) => page.items })
export const analyticsQuery = (id: string, span: { from: number; to: number; bucket: 'hour' | 'day' }) =>
  queryOptions({ queryKey: [...keys.services, id, 'analytics', span], queryFn: ({ signal }) => services.analytics(id, span, signal), refetchInterval: slow_ms })

export const bundlesQuery = queryOptions({ queryKey: keys.bundles, queryFn: ({ signal }) => bundles.list(signal), select: (page) => page.items })
export const tokensQuery = (id: string) => queryOptions({ queryKey: [...keys.bundles, id, 'tokens'], queryFn: ({ signal }) => bundles.tokens(id, signal), select: (page) => page.items })
export const connectQuery = (bundle: string | null) => queryOptions({ queryKey: [...keys.bundles, 'connect', bundle], queryFn: ({ signal }) => bundles.connect(bundle, signal) })

/** Asks anew whatever is under these names. */
export function useRefresh(): (...names: (readonly unknown[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...names) => { await Promise.all(names.map((queryKey) => client.invalidateQueries({ queryKey }))) }
}

import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { keys as shared } from '@/lib/queries'
import type { Page } from '@/lib/types'
import { keys, useRefresh } from '../api/queries'
import type { Provider, ProviderKind, ProviderTest } from '../api/types'
import type { ProviderBody } from './form'

const DOOR = '/api/v1/providers'
const most = 200

export const providersQuery = queryOptions({
  queryKey: shared.providers, queryFn: ({ signal }) => api.get<Page<Provider>>(DOOR, { limit: most }, { signal }), select: (page) => page.items,
})
export const kindsQuery = queryOptions({
  queryKey: ['gateway', 'kinds'], queryFn: ({ signal }) => api.get<{ items: ProviderKind[] }>('/api/v1/provider-types', undefined, { signal }),
  select: (page) => page.items, staleTime: Infinity,
})

export interface ProviderActions {
  create: (body: ProviderBody) => Promise<Provider>
  patch: (id: string, body: Partial<ProviderBody> & { models?: string[]; is_default?: boolean }) => Promise<Provider>
  remove: (id: string) => Promise<void>
  test: (id: string) => Promise<ProviderTest>
}

export function useProviderActions(): ProviderActions {
  const refresh = useRefresh()
  const refreshed = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work
    await refresh(shared.providers, shared.models, keys.aliases, keys.health, keys.offered)
    return result
  }
  return {
    create: (body) => refreshed(api.post<Provider>(DOOR, body)),
    patch: (id, body) => refreshed(api.patch<Provider>(`${DOOR}/${id}`, body)),
    remove: (id) => refreshed(api.delete(`${DOOR}/${id}`)),
    test: (id) => refreshed(api.post<ProviderTest>(`${DOOR}/${id}/test`)),
  }
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Page, Provider, ProviderTest } from '@/lib/types'
import type { ProviderBody } from './form'

const DOOR = '/api/v1/providers'

export function useProviders() {
  return useQuery({
    queryKey: keys.providers,
    queryFn: ({ signal }) => api.get<Page<Provider>>(DOOR, { limit: 200 }, { signal }),
    select: (page) => page.items,
  })
}

export interface ProviderActions {
  create: (body: ProviderBody) => Promise<Provider>
  patch: (id: string, body: Partial<ProviderBody> & { models?: string[]; is_default?: boolean }) => Promise<Provider>
  remove: (id: string) => Promise<void>
  test: (id: string) => Promise<ProviderTest>
}

export function useProviderActions(): ProviderActions {
  const client = useQueryClient()
  const refreshed = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.providers }),
      client.invalidateQueries({ queryKey: keys.models }),
    ])
    return result
  }
  return {
    create: (body) => refreshed(api.post<Provider>(DOOR, body)),
    patch: (id, body) => refreshed(api.patch<Provider>(`${DOOR}/${id}`, body)),
    remove: (id) => refreshed(api.delete(`${DOOR}/${id}`)),
    test: (id) => refreshed(api.post<ProviderTest>(`${DOOR}/${id}/test`)),
  }
}

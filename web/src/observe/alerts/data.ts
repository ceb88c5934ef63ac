import { useInfiniteQuery, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '@/lib/api'
import { live } from '@/lib/live'
import type { Page } from '@/lib/types'
import type { Kind } from './kinds'

export interface Rule {
  name: string
  kind: Kind
  enabled: boolean
  threshold: number
  window_seconds: number
  for_seconds: number
  cooldown_seconds: number
  min_events: number
  source: string | null
  agent: string | null
  types: string[]
  text: string | null
  webhook_url: string | null
  email: string | null
}

export interface Alert extends Rule {
  id: string
  state: 'ok' | 'pending' | 'firing'
  state_since: string
  last_value: number | null
  checked_at: string
  muted_until: string | null
  created_at: string
  updated_at: string
}

export interface MadeAlert extends Alert {
  /** Signs the webhook's calls; shown once. */
  webhook_secret: string | null
}

export interface Delivery {
  channel: 'webhook' | 'email'
  what: 'fired' | 'resolved' | 'test'
  status: 'waiting' | 'delivered' | 'failed'
  attempts: number
  error: string | null
  delivered_at: string | null
}

export interface Firing {
  id: string
  alert_id: string
  name: string
  kind: Kind
  state: 'firing' | 'resolved'
  fired_at: string
  resolved_at: string | null
  threshold: number
  value: number
  worst: number
  summary: string
  muted: boolean
  deliveries: Delivery[]
}

export interface TestResult {
  deliveries: Delivery[]
}

const alerts_key = ['alerts'] as const
const firings_key = ['alerts', 'firings'] as const
const refresh_ms = 30_000

export function useAlerts(): UseQueryResult<Alert[]> {
  return useQuery({
    queryKey: alerts_key,
    queryFn: ({ signal }) => api.get<Page<Alert>>('/my/alerts', { limit: 200 }, { signal }),
    select: (page) => page.items,
    refetchInterval: refresh_ms,
  })
}

export function useFirings(alertId: string | null) {
  return useInfiniteQuery({
    queryKey: [...firings_key, alertId],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Firing>>('/my/alerts/firings', { limit: 50, alert_id: alertId, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
}

/** Rules and history are asked again as soon as the log tells of an alert. */
export function useLiveAlerts(): void {
  const client = useQueryClient()
  useEffect(
    () =>
      live.listen({
        event: (event) => {
          if (event.type === 'alert') void client.invalidateQueries({ queryKey: alerts_key })
        },
        covered: () => undefined,
      }),
    [client],
  )
}

/** What can be done with a rule; each refreshes the lists. */
export function useAlertActions() {
  const client = useQueryClient()
  const refreshed = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    const answer = await work
    await client.invalidateQueries({ queryKey: alerts_key })
    return answer
  }
  return {
    create: (rule: Rule) => refreshed(api.post<MadeAlert>('/my/alerts', rule)),
    change: (id: string, patch: Partial<Omit<Rule, 'kind'>>) => refreshed(api.patch<Alert>(`/my/alerts/${id}`, patch)),
    remove: (id: string) => refreshed(api.delete(`/my/alerts/${id}`)),
    mute: (id: string, seconds: number) => refreshed(api.post<Alert>(`/my/alerts/${id}/mute`, { seconds })),
    test: (id: string) => refreshed(api.post<TestResult>(`/my/alerts/${id}/test`)),
    renewSecret: (id: string) => api.post<{ webhook_secret: string }>(`/my/alerts/${id}/secret`),
  }
}

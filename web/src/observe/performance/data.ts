import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '@/lib/api'

export interface RouteTime {
  method: string
  route: string
  count: number
  errors: number
  p50_ms: number
  p95_ms: number
  p99_ms: number
}

export interface SlowQuery {
  statement: string
  count: number
  max_ms: number
  mean_ms: number
  last_at: string
}

export interface CacheUse {
  name: string
  hits: number
  misses: number
  size: number | null
}

export interface Engine {
  name: string
  ok: boolean
  latency_ms: number
  error: string | null
}

export interface System {
  cpu_percent: number
  rss_bytes: number
  open_files: number
  threads: number
  loop_lag_p50_ms: number
  loop_lag_p99_ms: number
  uptime_seconds: number
}

export interface Load {
  log_queue: number
  run_queue: number
  stream_connections: number
  events_ingested: number
  events_dropped: number
  projector_lag: number | null
}

export interface PerformanceReport {
  version: string
  window_seconds: number
  system: System
  load: Load
  routes: RouteTime[]
  slow_queries: SlowQuery[]
  caches: CacheUse[]
  engines: Engine[]
}

const refresh_ms = 3_000
const kept_samples = 60

/** What the server measured of itself, asked again every few seconds while the page is seen. */
export function usePerformance(isLive: boolean): UseQueryResult<PerformanceReport> {
  return useQuery({
    queryKey: ['performance'],
    queryFn: ({ signal }) => api.get<PerformanceReport>('/api/v1/admin/performance', {}, { signal }),
    refetchInterval: isLive ? refresh_ms : false,
    staleTime: 0,
  })
}

export interface Sample {
  cpu: number
  rss: number
  lag: number
}

/** The last few minutes, gathered by this page since it was opened. */
export function useSamples(query: UseQueryResult<PerformanceReport>): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const { data, dataUpdatedAt } = query
  useEffect(() => {
    if (!data) return
    const { cpu_percent: cpu, rss_bytes: rss, loop_lag_p99_ms: lag } = data.system
    setSamples((before) => [...before, { cpu, rss, lag }].slice(-kept_samples))
    // the same report arriving again is a new sample
  }, [data, dataUpdatedAt])
  return samples
}

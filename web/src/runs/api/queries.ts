import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { fetchArtifact, fetchLog, queues, runs, schedules } from './calls'

/** Under these names the screens' answers are kept. */
export const keys = {
  all: ['runs'] as const,
  lists: ['runs', 'lists'] as const,
  run: (id: string) => ['runs', 'run', id] as const,
  steps: (id: string) => ['runs', 'run', id, 'steps'] as const,
  compare: ['runs', 'compare'] as const,
  plans: ['plans'] as const,
  queues: ['queues'] as const,
  schedules: ['schedules'] as const,
}

/** The stream tells of every change; this is for what it cannot tell, such as how long somebody has waited. */
const slow_ms = 10_000

export const runQuery = (id: string) => queryOptions({ queryKey: keys.run(id), queryFn: ({ signal }) => runs.get(id, signal) })
export const stepsQuery = (id: string) => queryOptions({ queryKey: keys.steps(id), queryFn: ({ signal }) => runs.steps(id, signal) })
export const logQuery = (id: string, from: number, to: number | null) => queryOptions({ queryKey: [...keys.run(id), 'log', from, to], queryFn: ({ signal }) => fetchLog(id, from, to, signal), select: (page) => page.items })
export const compareQuery = (a: string, b: string) => queryOptions({ queryKey: [...keys.compare, a, b], queryFn: ({ signal }) => runs.compare(a, b, signal) })
export const queuesQuery = queryOptions({ queryKey: keys.queues, queryFn: ({ signal }) => queues.list(signal), select: (page) => page.items, refetchInterval: slow_ms })
export const queueQuery = (agent: string) => queryOptions({ queryKey: [...keys.queues, agent], queryFn: ({ signal }) => queues.get(agent, signal), refetchInterval: slow_ms })
export const schedulesQuery = queryOptions({ queryKey: keys.schedules, queryFn: ({ signal }) => schedules.list(signal), select: (page) => page.items, refetchInterval: slow_ms })
export const artifactQuery = (id: string) => queryOptions({ queryKey: ['artifact', id], queryFn: ({ signal }) => fetchArtifact(id, signal) })

/** Asks anew whatever is under these names. */
export function useRefresh(): (...names: (readonly unknown[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...names) => { await Promise.all(names.map((queryKey) => client.invalidateQueries({ queryKey }))) }
}

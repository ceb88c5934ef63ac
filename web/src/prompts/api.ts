import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { changeSeen } from '@/lib/changeSeen'
import type { Page } from '@/lib/types'

/** A piece of instructions that several agents share, by name. */
export interface FragmentBody { name: string; description: string; text: string }
export interface Fragment extends FragmentBody { id: string; version: number; updated_at: string }
export interface FragmentVersion { version: number; text: string; restored_from: number | null; created_at: string }

export type Sticky = 'person' | 'session'
/** One wording; without instructions it is the agent as it is. */
export interface Variant { name: string; weight: number; instructions: string | null }
export interface ExperimentBody { name: string; agent: string; sticky: Sticky; variants: Variant[] }
export interface Experiment extends ExperimentBody { id: string; status: 'running' | 'stopped'; version: number }
/** How the runs of one variant went; `success_low` and `success_high` bound the share that succeeds (95 %). */
export interface Result {
  variant: string; runs: number; succeeded: number; failed: number; success_low: number | null; success_high: number | null; is_small_sample: boolean
  mean_cost_usd: string | null; mean_tokens: number | null; p50_ms: number | null; p95_ms: number | null; steps: number | null
}

export const keys = { fragments: ['prompts'] as const, experiments: ['experiments'] as const }

const PROMPTS = '/my/prompts'
const EXPERIMENTS = '/my/experiments'
const most = 200

export const fragments = {
  create: (body: FragmentBody): Promise<Fragment> => api.post(PROMPTS, body),
  /** Its name stays: agents list it by that. */
  change: ({ id, version }: Fragment, body: Pick<FragmentBody, 'description' | 'text'>): Promise<Fragment> => changeSeen(`${PROMPTS}/${id}`, version, body),
  remove: (id: string): Promise<undefined> => api.delete(`${PROMPTS}/${id}`),
  restore: (id: string, version: number): Promise<Fragment> => api.post(`${PROMPTS}/${id}/restore`, { version }),
}
export const experiments = {
  create: (body: ExperimentBody): Promise<Experiment> => api.post(EXPERIMENTS, body),
  /** Its name and agent stay; its variants as well, once runs were measured. */
  change: ({ id, version }: Experiment, body: Partial<Pick<Experiment, 'status' | 'sticky' | 'variants'>>): Promise<Experiment> => changeSeen(`${EXPERIMENTS}/${id}`, version, body),
  remove: (id: string): Promise<undefined> => api.delete(`${EXPERIMENTS}/${id}`),
}

export const fragmentsQuery = queryOptions({ queryKey: keys.fragments, queryFn: ({ signal }) => api.get<Page<Fragment>>(PROMPTS, { limit: most }, { signal }), select: (page) => page.items })
export const versionsQuery = (id: string) => queryOptions({ queryKey: [...keys.fragments, id, 'versions'], queryFn: ({ signal }) => api.get<Page<FragmentVersion>>(`${PROMPTS}/${id}/versions`, { limit: most }, { signal }), select: (page) => [...page.items].sort((one, other) => other.version - one.version) })
export const experimentsQuery = queryOptions({ queryKey: keys.experiments, queryFn: ({ signal }) => api.get<Page<Experiment>>(EXPERIMENTS, { limit: most }, { signal }), select: (page) => page.items })
export const resultsQuery = (id: string) => queryOptions({ queryKey: [...keys.experiments, id, 'results'], queryFn: ({ signal }) => api.get<{ items: Result[] }>(`${EXPERIMENTS}/${id}/results`, {}, { signal }), select: (page) => page.items })

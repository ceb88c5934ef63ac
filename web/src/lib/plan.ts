import { queryOptions } from '@tanstack/react-query'
import { api } from './api'
import type { ArtifactRef } from './types'

/** Plans, as their doors and events tell them. */

export type PlanStatus = 'planning' | 'proposed' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled'
export type TaskStatus = 'waiting' | 'queued' | 'running' | 'asking' | 'succeeded' | 'failed' | 'skipped' | 'cancelled'
export type OnFailure = 'retry' | 'replan' | 'skip' | 'fail'

/** A task as it is planned. */
export interface TaskBody {
  key: string
  title: string
  agent: string
  instructions: string
  depends_on: string[]
  on_failure: OnFailure
  max_attempts: number
}
/** A task and how it stands. */
export interface PlanTask extends TaskBody {
  status: TaskStatus
  run_id: string | null
  attempts: number
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  cost_usd: string | null
  summary: string | null
  error: string | null
  artifacts: ArtifactRef[]
  /** Where its whole result stands in the working folder. */
  result_path: string | null
}

export interface Plan {
  id: string
  session_id: string
  run_id: string | null
  message_id: string | null
  goal: string
  status: PlanStatus
  reason: string | null
  approval: 'ask' | 'start'
  /** Its entry in the inbox while it is proposed. */
  approval_id: string | null
  version: number
  replans: number
  tasks: PlanTask[]
  created_at: string
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  cost_usd: string | null
}

export const planKey = (id: string) => ['plan', id] as const
export const planQuery = (id: string) => queryOptions({ queryKey: planKey(id), queryFn: ({ signal }) => api.get<Plan>(`/my/plans/${id}`, undefined, { signal }) })

const ended: readonly PlanStatus[] = ['succeeded', 'failed', 'cancelled']
export const hasEnded = (plan: Plan): boolean => ended.includes(plan.status)
export const isDone = ({ status }: PlanTask): boolean => status === 'succeeded' || status === 'skipped'

const tagged = ({ version }: Plan) => ({ headers: { 'if-match': `"${version}"` } })

/** What may be done with a plan as a whole. */
export const planDoors = {
  /** Refused with 412 when the plan was changed since this version, so that nobody starts what they have not seen. */
  approve: (plan: Plan): Promise<Plan> => api.post(`/my/plans/${plan.id}/approve`, {}, tagged(plan)),
  reject: (plan: Plan): Promise<Plan> => api.post(`/my/plans/${plan.id}/reject`),
  cancel: (plan: Plan): Promise<Plan> => api.post(`/my/plans/${plan.id}/cancel`),
  /** Refused with 412 when the plan was changed since this version. */
  change: (plan: Plan, body: { goal?: string; tasks?: TaskBody[] }): Promise<Plan> =>
    api.patch(`/my/plans/${plan.id}`, body, tagged(plan)),
  task: (plan: Plan, key: string, act: 'retry' | 'skip'): Promise<Plan> => api.post(`/my/plans/${plan.id}/tasks/${encodeURIComponent(key)}/${act}`),
}

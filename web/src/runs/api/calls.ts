import { api } from '@/lib/api'
import { changeSeen } from '@/lib/changeSeen'
import type { Plan, PlanStatus } from '@/lib/plan'
import type { Accepted, Artifact, Page } from '@/lib/types'
import type { WireEvent } from '@/observe/api/types'
import type { Comparison, Fork, Queue, QueueDetail, Run, RunKind, RunStatus, Schedule, ScheduleBody, Step } from './types'

export interface RunAsk { session_id?: string; status?: RunStatus | ''; agent?: string; kind?: RunKind | ''; plan_id?: string; dead?: boolean; cursor?: string | null; limit?: number }
const page_runs = 50
const page_steps = 200
const most_events = 200
const run = (id: string): string => `/my/runs/${encodeURIComponent(id)}`

/** Every step of a run, page after page. */
async function allSteps(id: string, signal: AbortSignal): Promise<Step[]> {
  const steps: Step[] = []
  for (let cursor: string | null = null; ;) {
    const page: Page<Step> = await api.get(`${run(id)}/steps`, { limit: page_steps, cursor }, { signal })
    steps.push(...page.items)
    cursor = page.next_cursor
    if (cursor === null) return steps
  }
}

export const runs = {
  list: ({ status, agent, kind, limit = page_runs, ...ask }: RunAsk, signal: AbortSignal): Promise<Page<Run>> =>
    api.get('/my/runs', { ...ask, limit, status: status || null, agent: agent || null, kind: kind || null }, { signal }),
  get: (id: string, signal: AbortSignal): Promise<Run> => api.get(run(id), undefined, { signal }),
  steps: (id: string, signal: AbortSignal): Promise<Step[]> => allSteps(id, signal),
  pause: (id: string, how: 'pause' | 'interrupt'): Promise<Run> => api.post(`${run(id)}/pause`, { how }),
  resume: (id: string, text?: string): Promise<Run> => api.post(`${run(id)}/resume`, text === undefined ? {} : { text }),
  steer: (id: string, text: string): Promise<Run> => api.post(`${run(id)}/steer`, { text }),
  cancel: (id: string): Promise<Run> => api.post(`${run(id)}/cancel`),
  /** Goes on after the last recorded step; a task of a plan is begun again by its plan. */
  retry: ({ id, kind, plan_id, task_key }: Run): Promise<unknown> =>
    api.post(kind === 'task' && plan_id !== null && task_key !== null ? `/my/plans/${plan_id}/tasks/${encodeURIComponent(task_key)}/retry` : `${run(id)}/retry`),
  fork: (id: string, fork: Fork): Promise<Accepted> => api.post(`${run(id)}/fork`, fork),
  compare: (a: string, b: string, signal: AbortSignal): Promise<Comparison> => api.get('/my/runs/compare', { a, b }, { signal }),
}

/** What the log heard of a run between two moments. */
export const fetchLog = (runId: string, from: number, to: number | null, signal: AbortSignal): Promise<Page<WireEvent>> =>
  api.get('/events', { run_id: runId, from, to, order: 'asc', lean: false, limit: most_events }, { signal })

export interface PlanAsk { session_id?: string; status?: PlanStatus | ''; cursor?: string | null }
export interface NewPlan { goal: string; session_id?: string }
export const plans = {
  list: ({ status, ...ask }: PlanAsk, signal: AbortSignal): Promise<Page<Plan>> => api.get('/my/plans', { ...ask, status: status || null, limit: page_runs }, { signal }),
  propose: (plan: NewPlan): Promise<Plan> => api.post('/my/plans', plan),
}

const queue = (agent: string): string => `/my/queues/${encodeURIComponent(agent)}`
export const queues = {
  list: (signal: AbortSignal): Promise<{ items: Queue[] }> => api.get('/my/queues', undefined, { signal }),
  get: (agent: string, signal: AbortSignal): Promise<QueueDetail> => api.get(queue(agent), undefined, { signal }),
  set: (agent: string, act: 'pause' | 'resume'): Promise<Queue> => api.post(`${queue(agent)}/${act}`),
}

const schedule = (id: string): string => `/my/schedules/${encodeURIComponent(id)}`
export const schedules = {
  list: (signal: AbortSignal): Promise<Page<Schedule>> => api.get('/my/schedules', { limit: 200 }, { signal }),
  create: (body: ScheduleBody): Promise<Schedule> => api.post('/my/schedules', body),
  change: ({ id, version }: Schedule, body: Partial<ScheduleBody>): Promise<Schedule> => changeSeen(schedule(id), version, body),
  remove: (id: string): Promise<undefined> => api.delete(schedule(id)),
  run: (id: string): Promise<Run> => api.post(`${schedule(id)}/run`),
}

export const fetchArtifact = (id: string, signal: AbortSignal): Promise<Artifact> => api.get(`/my/artifacts/${encodeURIComponent(id)}`, undefined, { signal })

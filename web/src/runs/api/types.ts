import type { ArtifactRef, Message, Routed, Usage } from '@/lib/types'

/** What the doors of runs, plans, queues and schedules say. Times are RFC 3339. */

export type RunStatus = 'queued' | 'running' | 'waiting' | 'paused' | 'succeeded' | 'failed' | 'cancelled'
export type RunKind = 'turn' | 'call' | 'task' | 'plan'

export interface Run {
  id: string
  chat_id: string
  message_id: string
  parent_run_id: string | null
  agent: string
  model: string | null
  task: string | null
  status: RunStatus
  kind: RunKind
  priority: number
  attempts: number
  /** Its workers died too often: it failed, and can be tried again. */
  dead: boolean
  plan_id: string | null
  task_key: string | null
  forked_from: string | null
  forked_at: number | null
  routed: Routed | null
  variant: { experiment_id: string; name: string } | null
  usage: Usage | null
  created_at: string
  started_at: string | null
  ended_at: string | null
  message: Message | null
}

export type StepKind = 'response' | 'tool' | 'note' | 'summary' | 'context'

export interface Step {
  ordinal: number
  kind: StepKind
  key: string
  agent: string
  title: string
  status: string
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  model: string | null
  tool: string | null
  tool_call_id: string | null
  input: unknown
  output: unknown
  usage: Usage | null
  artifacts: ArtifactRef[]
  child_run_id: string | null
  /** Another run did it, which this one was forked from. */
  copied: boolean
}

export interface Totals { steps: number; duration_ms: number | null; input_tokens: number; output_tokens: number; cost_usd: string }
export interface Comparison {
  a: Run
  b: Run
  steps: { a: Step | null; b: Step | null; same: boolean }[]
  /** The first row in which they differ. */
  differs_at: number | null
  totals: { a: Totals; b: Totals }
}

/** What is changed on the way: a new prompt, another result of one call, a word to the agent, another agent or model. */
export interface Fork { at: number; text?: string; result?: { tool_call_id: string; text: string }; note?: string; agent?: string; model?: string }

export interface Queue {
  agent: string
  running: number
  waiting: number
  paused: boolean
  dead: number
  max_running: number
  max_waiting: number
  /** How long the first in the queue has waited. */
  oldest_ms: number | null
  wait_p50_ms: number | null
  wait_p95_ms: number | null
  ended_1h: number
  failed_1h: number
}
export interface QueueDetail extends Queue { items: Run[] }

export type ScheduleStatus = 'active' | 'paused'
export interface ScheduleBody {
  name: string
  cron: string
  timezone: string
  text: string
  agent: string | null
  session_id: string | null
  mode: string
  status: ScheduleStatus
}
export interface Schedule extends ScheduleBody {
  id: string
  next_at: string | null
  last_at: string | null
  last_run_id: string | null
  last_status: string | null
  /** Why it could not be run the last time. */
  error: string | null
  version: number
}

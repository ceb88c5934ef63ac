import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Plan, PlanTask, TaskBody } from '@/lib/plan'
import type { Agent, Preferences } from '@/lib/types'
import type { Experiment, Fragment, FragmentVersion, Result, Variant } from '@/prompts/api'
import type { Fork, Queue, QueueDetail, Run, Schedule, Step, Totals } from '@/runs/api/types'

interface Schema { properties: Record<string, unknown> }
const file = fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url))
const { schemas } = (JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Schema> } }).components

/** The names of a type's fields; the compiler refuses one that is missing or too many. */
const fields = <Type>(names: Record<keyof Required<Type>, 1>): string[] => Object.keys(names)

const task = { key: 1, title: 1, agent: 1, instructions: 1, depends_on: 1, on_failure: 1, max_attempts: 1 } as const
const queue = { agent: 1, running: 1, waiting: 1, paused: 1, dead: 1, max_running: 1, max_waiting: 1, oldest_ms: 1, wait_p50_ms: 1, wait_p95_ms: 1, ended_1h: 1, failed_1h: 1 } as const
const spoken: Record<string, string[]> = {
  Run: fields<Run>({
    id: 1, chat_id: 1, message_id: 1, parent_run_id: 1, agent: 1, model: 1, task: 1, status: 1, kind: 1, priority: 1, attempts: 1, dead: 1, plan_id: 1, task_key: 1, forked_from: 1, forked_at: 1, routed: 1, variant: 1, usage: 1,
    created_at: 1, started_at: 1, ended_at: 1, message: 1,
  }),
  Step: fields<Step>({
    ordinal: 1, kind: 1, key: 1, agent: 1, title: 1, status: 1, started_at: 1, ended_at: 1, duration_ms: 1, model: 1, tool: 1, tool_call_id: 1, input: 1, output: 1, usage: 1, artifacts: 1, child_run_id: 1, copied: 1,
  }),
  RunTotals: fields<Totals>({ steps: 1, duration_ms: 1, input_tokens: 1, output_tokens: 1, cost_usd: 1 }),
  ForkRun: fields<Fork>({ at: 1, text: 1, result: 1, note: 1, agent: 1, model: 1 }),
  Plan: fields<Plan>({
    id: 1, session_id: 1, run_id: 1, message_id: 1, goal: 1, status: 1, reason: 1, approval: 1, approval_id: 1, version: 1, replans: 1, tasks: 1, created_at: 1, started_at: 1, ended_at: 1, duration_ms: 1, cost_usd: 1,
  }),
  PlanTask: fields<PlanTask>({ ...task, status: 1, run_id: 1, attempts: 1, started_at: 1, ended_at: 1, duration_ms: 1, cost_usd: 1, summary: 1, error: 1, artifacts: 1, result_path: 1 }),
  TaskFields: fields<TaskBody>(task),
  Queue: fields<Queue>(queue),
  QueueWithRuns: fields<QueueDetail>({ ...queue, items: 1 }),
  Schedule: fields<Schedule>({ id: 1, name: 1, cron: 1, timezone: 1, text: 1, agent: 1, session_id: 1, mode: 1, status: 1, next_at: 1, last_at: 1, last_run_id: 1, last_status: 1, error: 1, version: 1 }),
  Prompt: fields<Fragment>({ id: 1, name: 1, description: 1, text: 1, version: 1, updated_at: 1 }),
  PromptVersion: fields<FragmentVersion>({ version: 1, text: 1, restored_from: 1, created_at: 1 }),
  Experiment: fields<Experiment>({ id: 1, name: 1, agent: 1, sticky: 1, variants: 1, status: 1, version: 1 }),
  Variant: fields<Variant>({ name: 1, weight: 1, instructions: 1 }),
  VariantResult: fields<Result>({ variant: 1, runs: 1, succeeded: 1, failed: 1, success_low: 1, success_high: 1, is_small_sample: 1, mean_cost_usd: 1, mean_tokens: 1, p50_ms: 1, p95_ms: 1, steps: 1 }),
  Agent: fields<Pick<Agent, 'paused' | 'fragments'>>({ paused: 1, fragments: 1 }),
  Preferences: fields<Pick<Preferences, 'plans' | 'routing'>>({ plans: 1, routing: 1 }),
}

test.each(Object.entries(spoken))('the server knows every field of %s that the client speaks of', (name, known) => {
  expect(Object.keys(schemas[name]?.properties ?? {})).toEqual(expect.arrayContaining(known))
})

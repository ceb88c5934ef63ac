import type { EventType, TeamEvent } from '@/lib/events'
import { useFresh } from '@/lib/useFresh'
import { keys } from './queries'

type Key = readonly unknown[]

const of_runs: readonly EventType[] = ['task_queued', 'task_started', 'task_completed', 'task_failed', 'task_cancelled', 'run_paused', 'run_resumed']
const of_steps: readonly EventType[] = ['tool_started', 'tool_finished', 'tool_failed', 'usage', 'note_added', 'message', 'approval_requested', 'approval_resolved']
const of_plans: readonly EventType[] = ['plan_created', 'plan_updated']

/** What an event makes old. */
export function touched(event: TeamEvent): Key[] {
  const own = event.run_id === null ? [] : [keys.run(event.run_id)]
  if (of_runs.includes(event.type)) return [keys.lists, keys.queues, keys.schedules, ...own]
  if (of_steps.includes(event.type)) return own
  return of_plans.includes(event.type) ? [keys.plans] : []
}

const everything = () => [keys.all, keys.plans, keys.queues, keys.schedules, ['plan']]
const made_old = (_: unknown, event: TeamEvent) => touched(event)

/** Keeps the answers of these screens as new as the stream, for as long as one of them is shown. */
export function useLive(): void {
  useFresh(made_old, everything)
}

import { count, money } from '@/lib/format'
import type { Usage } from '@/lib/types'
import type { Run } from '../api/types'

export const ended: readonly string[] = ['succeeded', 'failed', 'cancelled']
export const isGoing = (run: Pick<Run, 'status'>): boolean => !ended.includes(run.status)

/** Whether a run can be taken up again after its last recorded step; a called agent's is its caller's to call anew. */
export const canRetry = ({ status, dead, kind, task_key }: Run): boolean => {
  const hasStopped = status === 'failed' || dead || (status === 'cancelled' && kind !== 'task')
  return hasStopped && kind !== 'call' && (kind !== 'task' || task_key !== null)
}

export const tokensOf = (usage: Usage | null): string => (usage === null ? '—' : count(usage.input_tokens + usage.output_tokens))
/** What something cost; a dash where nothing is known or nothing was asked for. */
export const costOf = (cost: string | null | undefined): string => (cost === null || cost === undefined || Number(cost) === 0 ? '—' : money(cost))

import type { Budget } from '../api/types'

export interface Progress {
  /** What is spent of the last limit, from 0 to 1; more than that is still 1. */
  share: number
  /** Where on the bar the soft limit stands, when there is a hard one beyond it. */
  soft: number | null
  tone: 'ok' | 'warn' | 'bad'
}

type Limits = Pick<Budget, 'soft_usd' | 'hard_usd' | 'spent_usd'>

/** How far a budget is used up: calm below the soft limit, a warning beyond it, red where calls are refused. */
export function progressOf({ soft_usd, hard_usd, spent_usd }: Limits): Progress {
  const [spent, soft, hard] = [Number(spent_usd), numberOf(soft_usd), numberOf(hard_usd)]
  const end = hard ?? soft ?? 0
  const share = end > 0 ? Math.min(1, spent / end) : spent > 0 || hard === 0 ? 1 : 0
  const isOver = hard !== null && spent >= hard
  const isWarned = soft !== null && spent >= soft
  return { share, soft: soft !== null && hard !== null && soft < hard ? soft / hard : null, tone: isOver ? 'bad' : isWarned ? 'warn' : 'ok' }
}

const numberOf = (usd: string | null): number | null => (usd === null ? null : Number(usd))

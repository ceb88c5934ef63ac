import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { PlanStatus, TaskStatus } from '@/lib/plan'
import { Badge } from '@/ui'
import type { RunStatus } from '../api/types'

type Tone = 'ok' | 'warn' | 'bad' | 'accent'
type Known = RunStatus | PlanStatus | TaskStatus

const tones: Partial<Record<Known, Tone>> = {
  running: 'accent', planning: 'accent', waiting: 'warn', asking: 'warn', paused: 'warn', proposed: 'warn', succeeded: 'ok', failed: 'bad',
}
const words = {
  queued: 'stQueued', running: 'stRunning', waiting: 'stWaiting', asking: 'stWaiting', paused: 'stPaused', succeeded: 'stSucceeded', failed: 'stFailed', cancelled: 'stCancelled',
  planning: 'stPlanning', proposed: 'stProposed', skipped: 'stSkipped',
} as const

/** A state in words and colour; one of a newer server stays as it is. A run that waits waits for the person. */
export function Status({ status, dead = false }: { status: string; dead?: boolean }): ReactNode {
  const t = useT('runs')
  if (dead) return <Badge tone="bad" title={t('deadHint')}>{t('stDead')}</Badge>
  if (!(status in words)) return <Badge>{status}</Badge>
  const known = status as keyof typeof words
  const tone = tones[known]
  const isBusy = known === 'running' || known === 'planning'
  return <Badge {...(tone && { tone })}>{isBusy && <span className="pulse" aria-hidden="true" />}{t(words[known])}</Badge>
}

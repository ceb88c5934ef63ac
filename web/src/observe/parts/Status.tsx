import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Badge } from '@/ui'

export type AnyStatus = 'active' | 'running' | 'waiting' | 'idle' | 'ended' | 'failed' | 'ok' | 'error' | 'denied' | 'interrupted'

const tones: Partial<Record<AnyStatus, 'ok' | 'warn' | 'bad' | 'accent'>> = {
  active: 'accent', running: 'accent', waiting: 'warn', failed: 'bad', error: 'bad', denied: 'warn', ok: 'ok',
}
const labels = {
  active: 'stActive', running: 'stRunning', waiting: 'stWaiting', idle: 'stIdle', ended: 'stEnded', failed: 'stFailed', ok: 'stOk', error: 'stError', denied: 'stDenied', interrupted: 'stInterrupted',
} as const

const isKnown = (status: string): status is AnyStatus => status in labels

/** A status in words and colour; one of a newer server stays as it is. */
export function Status({ status }: { status: string }): ReactNode {
  const t = useT('observe')
  if (!isKnown(status)) return <Badge>{status}</Badge>
  const tone = tones[status]
  return <Badge {...(tone && { tone })}>{(status === 'active' || status === 'running') && <span className="ob-live" aria-hidden="true" />}{t(labels[status])}</Badge>
}

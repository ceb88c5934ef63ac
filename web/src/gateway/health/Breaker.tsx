import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { CandidateHealth } from '../api/types'

const tones = { closed: 'ok', open: 'bad', half_open: 'warn' } as const

/** A candidate's state as a dot with its name for those who do not see colours; hollow before the first call. */
export function Breaker({ health }: { health: CandidateHealth | undefined }): ReactNode {
  const t = useT('gateway')
  const label = health && health.calls > 0 ? t(`breaker_${health.state}`) : health?.state === 'open' ? t('breaker_open') : t('breaker_unused')
  const isUsed = health !== undefined && (health.calls > 0 || health.state !== 'closed')
  return <span className={`breaker ${isUsed ? `breaker-${tones[health.state]}` : ''}`} role="img" aria-label={label} data-tip={label} />
}

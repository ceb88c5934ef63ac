import { useEffect, useState, type ReactNode } from 'react'
import Hourglass from 'lucide-react/icons/hourglass'
import { useT } from '@/i18n'
import { dateTime } from '@/lib/format'
import { leftUntil } from './countdown'

const second_ms = 1_000
const slow_ms = 30_000
const tones = { calm: 'faint', soon: 'tone-warn', now: 'tone-bad' } as const

/** The time in which something can still be decided. */
export function Countdown({ until }: { until: string }): ReactNode {
  const t = useT('admin')
  const [now, setNow] = useState(Date.now)
  const left = leftUntil(until, now, { hours: (n) => t('hoursLeft', { n }), days: (n) => t('daysLeft', { n }) })
  const every_ms = left?.isTicking ? second_ms : slow_ms
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
  return (
    <span className={`countdown tiny ${left ? tones[left.urgency] : 'faint'}`} title={t('expiresAt', { when: dateTime(until) })}>
      <Hourglass size={11} aria-hidden /><span className="sr-only">{t('timeLeft')} </span>{left?.text ?? t('status_expired')}
    </span>
  )
}

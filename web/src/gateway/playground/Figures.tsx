import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { count, duration, number } from '@/lib/format'
import { Badge } from '@/ui'
import { cost } from '../parts/cost'
import { speedOf, type Round } from './lane'

/** What an answer took: time, tokens, money, and who gave it. */
export function Figures({ round }: { round: Round }): ReactNode {
  const t = useT('gateway')
  const { tokens, first_ms, took_ms, served, cost_usd } = round
  const speed = speedOf(round)
  const figures: [string, string | null][] = [
    [t('firstToken'), first_ms === null ? null : duration(first_ms)],
    [t('whole'), took_ms === null ? null : duration(took_ms)],
    [t('speed'), speed === null ? null : t('tokensASecond', { n: number(speed, speed < 10 ? 1 : 0) })],
    [t('tokensIn'), tokens && count(tokens.input) + (tokens.cached > 0 ? ` (${t('cachedOf', { n: count(tokens.cached) })})` : '')],
    [t('tokensOut'), tokens && count(tokens.output) + (tokens.reasoning > 0 ? ` (${t('reasoningOf', { n: count(tokens.reasoning) })})` : '')],
    [t('cost'), cost_usd === undefined ? '…' : cost_usd === null ? null : cost(cost_usd)],
  ]
  return (
    <div className="figures-line tiny">
      {served?.cache === 'hit' && <Badge tone="accent">{t('cacheHit')}</Badge>}
      {served?.provider && <span className="mono muted">{[served.provider, served.model].filter(Boolean).join('/')}</span>}
      <dl>{figures.map(([label, value]) => value !== null && <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
    </div>
  )
}

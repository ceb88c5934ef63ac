import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { count, duration } from '@/lib/format'
import type { UsageSum } from '../api/types'
import { cost, percent } from '../parts/cost'

/** The whole of it in figures. */
export function Totals({ total }: { total: UsageSum }): ReactNode {
  const t = useT('gateway')
  const time = (ms: number | null) => (ms === null ? '—' : duration(ms))
  const figures: [string, string, string | undefined][] = [
    [t('cost'), cost(total.cost_usd), Number(total.saved_usd) > 0 ? t('savedSum', { sum: cost(total.saved_usd) }) : undefined],
    [t('calls'), count(total.calls), t('errorsSum', { n: total.errors, shown: count(total.errors) })],
    [t('tokens'), count(total.input_tokens + total.output_tokens), t('inAndOut', { input: count(total.input_tokens), output: count(total.output_tokens) })],
    [t('cachedShare'), percent(total.cached_tokens, total.input_tokens), t('ofTokensIn')],
    [t('cacheHits'), percent(total.cache_hits, total.calls), t('hitsSum', { n: total.cache_hits, shown: count(total.cache_hits) })],
    [t('firstToken'), time(total.first_token_ms_p50), t('wholeIn', { time: time(total.latency_ms_p50) })],
  ]
  return (
    <dl className="usage-figures">
      {figures.map(([label, value, detail]) => (
        <div key={label}>
          <dt className="tiny muted">{label}</dt>
          <dd><span className="usage-figure">{value}</span>{detail !== undefined && <span className="tiny muted">{detail}</span>}</dd>
        </div>
      ))}
    </dl>
  )
}

import { useMemo, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { useSearch } from '@/lib/router'
import { usePalette } from '@/observe/chart/palette'
import { SeriesChart, type ChartSeries } from '@/observe/chart/SeriesChart'
import { Segments } from '@/ui/Segments'
import type { Usage, UsageGroup } from '../api/types'
import { setSearch } from '../parts/address'
import { cost } from '../parts/cost'
import { huesFor } from '../parts/hues'
import { interval_ms } from './range'
import { linesOf, REST, together, type Line, type Metric } from './series'
import type { Chosen } from './useUsage'

/** Cost or calls over time, told apart as in the table below. */
export function Over({ answer, chosen }: { answer: Usage; chosen: Chosen }): ReactNode {
  const t = useT('gateway')
  const { range, by } = chosen
  const asked = useSearch().metric
  // Where nothing was paid for, how much was asked says more.
  const metric: Metric = asked === 'calls' || asked === 'cost' ? asked : Number(answer.total.cost_usd) > 0 ? 'cost' : 'calls'
  const series = useSeries(answer, metric, by, interval_ms[range.bucket])
  return (
    <section className="usage-panel" aria-label={t('overTime')}>
      <div className="usage-over">
        <Segments size="s" label={t('measure')} value={metric} onChange={(next) => setSearch({ metric: next })} options={[{ value: 'cost', label: t('cost') }, { value: 'calls', label: t('calls') }]} />
        <ul className="legend tiny muted">
          {series.map(({ key, label, colour }) => <li key={key}><i style={{ background: colour }} /><span className="cut">{label}</span></li>)}
        </ul>
      </div>
      <SeriesChart label={t('overTime')} series={series} {...range} interval_ms={interval_ms[range.bucket]} shape="stack" format={metric === 'cost' ? cost : count} />
    </section>
  )
}

function useSeries(answer: Usage, metric: Metric, by: UsageGroup, interval: number): ChartSeries[] {
  const t = useT('gateway')
  const colours = usePalette()
  return useMemo(() => {
    const labels = new Map(answer.items.map(({ key, label }) => [key ?? '', label || key || t('none')]))
    const lines = linesOf(answer.series, metric, interval)
    // Days are what the chart shows anyway: they are not told apart once more.
    const shown: Line[] = by === 'day' ? [together(lines, '')] : lines
    const labelOf = (key: string) => (by === 'day' ? t(metric) : key === REST ? t('rest') : labels.get(key) ?? key)
    const hues = huesFor(shown.filter(({ key }) => key !== REST).map(({ key }) => labelOf(key)))
    const colourOf = (key: string) => (by === 'day' ? colours.accent : key === REST ? colours.faint : colours.hue(hues.get(labelOf(key)) ?? 0))
    return shown.map(({ key, values }) => ({ key, label: labelOf(key), colour: colourOf(key), values }))
  }, [answer, metric, by, interval, colours, t])
}

import { useMemo, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { count, duration, number } from '@/lib/format'
import { usePalette } from '@/observe/chart/palette'
import { SeriesChart } from '@/observe/chart/SeriesChart'
import { Segments } from '@/ui/Segments'
import { analyticsQuery } from '../api/queries'
import type { Analytics as Told } from '../api/services'
import { toMs } from '../parts/time'

type Span = '24h' | '7d' | '30d'
const hour_ms = 3_600_000
const spans: Record<Span, { ms: number; bucket: 'hour' | 'day' }> = { '24h': { ms: 24 * hour_ms, bucket: 'hour' }, '7d': { ms: 7 * 24 * hour_ms, bucket: 'day' }, '30d': { ms: 30 * 24 * hour_ms, bucket: 'day' } }

/** The span up to the end of the present bucket, so that the same question is asked within it. */
function rangeOf(span: Span): { from: number; to: number; bucket: 'hour' | 'day' } {
  const { ms, bucket } = spans[span]
  const step = bucket === 'hour' ? hour_ms : 24 * hour_ms
  const to = (Math.floor(Date.now() / step) + 1) * step
  return { from: to - ms, to, bucket }
}

/** How a service is used over time: calls that went well, and those that did not. */
export function Analytics({ id }: { id: string }): ReactNode {
  const t = useT('services')
  const [span, setSpan] = useState<Span>('24h')
  const range = rangeOf(span)
  return (
    <Section title={t('usage')} actions={<Segments size="s" label={t('span')} value={span} onChange={setSpan} options={(['24h', '7d', '30d'] as const).map((value) => ({ value, label: t(`span_${value}`) }))} />}>
      <Loaded query={useQuery(analyticsQuery(id, range))}>{(told) => <Chart told={told} {...range} />}</Loaded>
    </Section>
  )
}

function Chart({ told, from, to, bucket }: { told: Told; from: number; to: number; bucket: 'hour' | 'day' }): ReactNode {
  const t = useT('services')
  const colours = usePalette()
  const step = bucket === 'hour' ? hour_ms : 24 * hour_ms
  const series = useMemo(() => {
    const at = (value: string | number) => Math.floor(toMs(value) / step) * step
    const good = new Map<number, number>()
    const bad = new Map<number, number>()
    for (const point of told.series) {
      good.set(at(point.at), (good.get(at(point.at)) ?? 0) + point.calls - point.errors)
      bad.set(at(point.at), (bad.get(at(point.at)) ?? 0) + point.errors)
    }
    return [{ key: 'ok', label: t('wentWell'), colour: colours.ok, values: good }, { key: 'bad', label: t('failed'), colour: colours.bad, values: bad }]
  }, [told, step, colours, t])
  const time = (ms: number | null | undefined) => (ms === null || ms === undefined ? '—' : duration(ms))
  const figures: [string, string][] = [
    [t('calls'), count(told.calls)], [t('failed'), told.calls === 0 ? '0' : `${count(told.errors)} (${number((100 * told.errors) / told.calls, 1)} %)`], [t('latencyP50'), time(told.latency.p50)], [t('latencyP95'), time(told.latency.p95)],
  ]
  return (
    <>
      <dl className="figures">{figures.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      {told.calls === 0 ? <p className="small muted">{t('usageEmpty')}</p> : <SeriesChart label={t('calls')} series={series} from={from} to={to} interval_ms={step} shape="stack" format={(value) => count(value)} />}
    </>
  )
}

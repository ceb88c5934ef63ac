import { useEffect, useMemo, type ReactNode } from 'react'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import Coins from 'lucide-react/icons/coins'
import { useT } from '@/i18n'
import { count, money } from '@/lib/format'
import { EmptyState, ErrorState, Spinner, Tabs } from '@/ui'
import { Segments } from '@/ui/Segments'
import { fetchCosts, fetchSeries } from '../api/calls'
import { keys } from '../api/queries'
import { toUsd, type CostGroup, type CostRow, type Point } from '../api/types'
import { usePalette } from '../chart/palette'
import { SeriesChart, type ChartSeries } from '../chart/SeriesChart'
import { setSearch, useFilters } from '../filters/useFilters'
import { hueOf } from '../parts/hue'
import { useNow } from '../parts/useEvery'
import { refreshWhileBusy } from '../sessions/useSessions'
import { shortType } from '../store/row'
import { CostTable } from './CostTable'
import { costRange, intervalFor, intervals_ms, isOffered, type Interval } from './range'

const range_ms = 60_000
const refresh_ms = 5_000
const groups: readonly CostGroup[] = ['agent', 'session', 'project', 'model', 'source', 'day']
const groupLabels = { agent: 'byAgent', session: 'bySession', project: 'byProject', model: 'byModel', source: 'bySource', day: 'byDay' } as const
type Metric = 'cost' | 'tokens' | 'events' | 'errors' | 'latency'
const metrics: Record<Metric, (point: Point) => number> = {
  cost: (point) => toUsd(point.cost_usd), tokens: (point) => point.tokens, events: (point) => point.count, errors: (point) => point.errors, latency: (point) => point.p95_ms ?? 0,
}
const metricLabels = { cost: 'cost', tokens: 'tokens', events: 'events', errors: 'errors', latency: 'latency' } as const

/** What the agents cost: over time, and by whom and for what. */
export default function Costs(): ReactNode {
  const { filters, search } = useFilters()
  const client = useQueryClient()
  const now = useNow(range_ms)
  useEffect(() => refreshWhileBusy(() => { void client.invalidateQueries({ queryKey: keys.spent }) }, undefined, refresh_ms), [client])
  const range = costRange(filters, now)
  const group: CostGroup = groups.find((name) => name === search.by) ?? 'agent'
  const costs = useQuery({
    queryKey: [...keys.spent, 'costs', group, range.from, range.to], queryFn: ({ signal }) => fetchCosts(group, range.from, range.to, signal), placeholderData: keepPreviousData,
  })
  return (
    <div className="observe-page">
      <Totals rows={costs.data?.items} />
      <Over range={range} />
      <Breakdown group={group} query={costs} />
    </div>
  )
}

function Totals({ rows = [] }: { rows?: readonly CostRow[] | undefined }): ReactNode {
  const t = useT('observe')
  const sum = (of: (row: CostRow) => number) => rows.reduce((total, row) => total + of(row), 0)
  const items: [string, string][] = [
    [t('cost'), money(String(sum((row) => toUsd(row.cost_usd))))], [t('calls'), count(sum((row) => row.calls))],
    [t('tokensIn'), count(sum((row) => row.input_tokens))], [t('tokensOut'), count(sum((row) => row.output_tokens))], [t('tokensCached'), count(sum((row) => row.cached_tokens))],
  ]
  return <dl className="figures figures-l">{items.map(([label, value]) => <div key={label}><dt className="tiny muted">{label}</dt><dd>{value}</dd></div>)}</dl>
}

function Over({ range }: { range: { from: number; to: number } }): ReactNode {
  const t = useT('observe')
  const colours = usePalette()
  const { filters, search } = useFilters()
  const metric: Metric = search.metric !== undefined && search.metric in metrics ? (search.metric as Metric) : 'cost'
  const split = search.split === 'type' || search.split === 'none' ? search.split : 'agent'
  const interval = intervalFor(search.interval, range)
  const query = useQuery({
    queryKey: [...keys.spent, 'series', interval, range.from, range.to, split, filters.types, filters.agents],
    queryFn: ({ signal }) => fetchSeries(filters, { interval, from: range.from, to: range.to, group: split }, signal), placeholderData: keepPreviousData,
  })
  const series = useMemo<ChartSeries[]>(() => (query.data?.series ?? []).map(({ key, points }) => ({
    key, label: split === 'none' ? t(metricLabels[metric]) : shortType(key), colour: split === 'none' ? colours.accent : colours.hue(hueOf(key)), values: new Map(points.map((point) => [point.t, metrics[metric](point)])),
  })), [query.data, split, metric, colours, t])
  const format = metric === 'cost' ? (value: number) => money(String(value)) : metric === 'latency' ? (value: number) => `${count(Math.round(value))} ms` : (value: number) => count(value)
  return (
    <section className="panel" aria-label={t('overTime')}>
      <div className="panel-head">
        <Segments size="s" label={t('measure')} value={metric} onChange={(next) => setSearch({ metric: next === 'cost' ? undefined : next })} options={(Object.keys(metrics) as Metric[]).map((value) => ({ value, label: t(metricLabels[value]) }))} />
        <span className="grow" />
        <Segments size="s" label={t('split')} value={split} onChange={(next) => setSearch({ split: next === 'agent' ? undefined : next })} options={[{ value: 'agent', label: t('agent') }, { value: 'type', label: t('type') }, { value: 'none', label: t('together') }]} />
        <Segments
          size="s" label={t('interval')} value={interval} onChange={(next) => setSearch({ interval: next })}
          options={(Object.keys(intervals_ms) as Interval[]).filter((value) => isOffered(value, range)).map((value) => ({ value, label: value }))}
        />
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.data ? <SeriesChart label={t('overTime')} series={series} from={range.from} to={range.to} interval_ms={query.data.interval_ms} shape={metric === 'latency' ? 'lines' : 'stack'} format={format} />
          : <div className="observe-wait"><Spinner label={t('loading')} /></div>}
    </section>
  )
}

function Breakdown({ group, query }: { group: CostGroup; query: { data?: { items: CostRow[] } | undefined; isError: boolean; error: unknown; refetch: () => unknown } }): ReactNode {
  const t = useT('observe')
  return (
    <section className="panel panel-flush">
      <Tabs label={t('breakdown')} panelId="costs-by" value={group} onChange={(next) => setSearch({ by: next === 'agent' ? undefined : next })} items={groups.map((id) => ({ id, label: t(groupLabels[id]) }))} />
      <div id="costs-by" role="tabpanel">
        {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          : !query.data ? <div className="observe-wait"><Spinner label={t('loading')} /></div>
            : query.data.items.length === 0 ? <EmptyState icon={<Coins size={20} />} title={t('noCosts')}><p>{t('noCostsText')}</p></EmptyState>
              : <CostTable group={group} rows={query.data.items} />}
      </div>
    </section>
  )
}

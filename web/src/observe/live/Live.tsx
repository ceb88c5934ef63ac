import { useCallback, useMemo, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Segments } from '@/ui/Segments'
import { Spinner } from '@/ui'
import { setSearch, useFilters } from '../filters/useFilters'
import { narrowed } from '../filters/filters'
import { useCalmTopic } from '../parts/useEvery'
import { NothingFits, Teach } from '../parts/Teach'
import { observe } from '../store/useObserve'
import { isBusy } from './draw'
import { LaneBoardView } from './LaneBoardView'
import { RateChart } from './RateChart'

const words_ms = 250
const spans = { '1m': 60_000, '5m': 300_000, '30m': 1_800_000 } as const
type Span = keyof typeof spans

const nowOf = (): number => observe.frozen_ms ?? Date.now()
const arrange = () => observe.board.arrange()
const onLanes = (listener: () => void) => observe.listen('lanes', listener)

/** What every agent does at this moment. */
export default function Live(): ReactNode {
  const t = useT('observe')
  const { filters, search } = useFilters()
  const span: Span = search.span !== undefined && search.span in spans ? (search.span as Span) : '5m'
  useCalmTopic('lanes', words_ms)
  useCalmTopic('status', words_ms)
  const choose = useCallback((next: Span) => setSearch({ span: next === '5m' ? undefined : next }), [])
  const isEmpty = observe.board.lanes.size === 0
  if (isEmpty && observe.window.status !== 'ready' && observe.window.status !== 'failed') return <div className="observe-wait"><Spinner label={t('loading')} /></div>
  if (isEmpty) return narrowed(filters) > 0 || filters.text !== '' ? <NothingFits /> : <Teach />
  return (
    <div className="live">
      <div className="live-top">
        <Figures />
        <RateChart />
        <Segments size="s" label={t('window')} value={span} onChange={choose} options={[{ value: '1m', label: t('m1') }, { value: '5m', label: t('m5') }, { value: '30m', label: t('m30') }]} />
      </div>
      <LaneBoardView placed={arrange} now={nowOf} span_ms={spans[span]} version={observe.version('lanes')} onChange={onLanes} moving={!observe.paused} />
    </div>
  )
}

function Figures(): ReactNode {
  const t = useT('observe')
  const now = nowOf()
  const lanes = [...observe.board.lanes.values()]
  const busy = lanes.filter((lane) => isBusy(lane.statusAt(now)))
  const tools = busy.reduce((sum, lane) => sum + lane.running.size, 0)
  const waiting = busy.filter((lane) => lane.statusAt(now) === 'waiting').length
  const errors = lanes.reduce((sum, lane) => sum + lane.errors, 0)
  const items = useMemo(() => [
    { label: t('agentsBusy'), value: busy.length }, { label: t('toolsRunning'), value: tools },
    { label: t('waitingN'), value: waiting, tone: waiting > 0 ? 'tone-warn' : '' }, { label: t('errorsSeen'), value: errors, tone: errors > 0 ? 'tone-bad' : '' },
  ], [t, busy.length, tools, waiting, errors])
  return (
    <dl className="figures">
      {items.map(({ label, value, tone = '' }) => <div key={label}><dt className="tiny muted">{label}</dt><dd className={tone}>{count(value)}</dd></div>)}
    </dl>
  )
}

import { useEffect, useState, type ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { useT } from '@/i18n'
import { count, dateTime, duration, money } from '@/lib/format'
import { Link } from '@/lib/router'
import { ErrorState, Spinner, Tabs } from '@/ui'
import { aggregationsQuery, keys, sessionQuery, spansQuery } from '../api/queries'
import { toMs, toUsd, type Session, type Span } from '../api/types'
import { EventDrawer } from '../events/EventDrawer'
import { carried, setSearch, useFilters } from '../filters/useFilters'
import { useNow } from '../parts/useEvery'
import { Status } from '../parts/Status'
import type { Row } from '../store/row'
import { AgentsTable } from './AgentsTable'
import { useSessionLog } from './log'
import { SpanDetail } from './SpanDetail'
import { TimelineView } from './TimelineView'
import { Transcript } from './Transcript'
import { refreshWhileBusy } from './useSessions'

interface Id { source: string; id: string }
type Part = 'timeline' | 'events' | 'agents'
type Open = { kind: 'span'; span: Span } | { kind: 'event'; row: Row } | null

const refresh_ms = 1000
const tick_ms = 2000

/** One session: its timeline, its events as they were said, its agents and their sums; live while it runs. */
export function SessionPage({ source, id }: Id): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const session = useQuery(sessionQuery(source, id))
  const { search } = useFilters()
  const part: Part = search.part === 'events' || search.part === 'agents' ? search.part : 'timeline'
  useEffect(() => refreshWhileBusy(() => void client.invalidateQueries({ queryKey: keys.session(source, id) }), (other) => other === id, refresh_ms), [client, source, id])
  if (session.isError) return <ErrorState error={session.error} onRetry={() => void session.refetch()} />
  if (!session.data) return <div className="observe-wait"><Spinner label={t('loading')} /></div>
  return (
    <div className="session">
      <SessionHead session={session.data} />
      <Tabs
        label={t('session')} panelId="session-part" value={part} onChange={(next) => setSearch({ part: next === 'timeline' ? undefined : next })}
        items={[{ id: 'timeline', label: t('timeline') }, { id: 'events', label: t('events') }, { id: 'agents', label: t('agentsAndTools') }]}
      />
      <div className="session-part" id="session-part" role="tabpanel"><SessionPart source={source} id={id} part={part} at={Number(search.at) || null} isLive={session.data.status === 'active'} /></div>
    </div>
  )
}

function SessionHead({ session }: { session: Session }): ReactNode {
  const t = useT('observe')
  const { filters } = useFilters()
  const of = `${session.source}/${session.id}`
  const figures: [string, string, string?][] = [
    [t('lasted'), duration(toMs(session.ended_at ?? session.last_at) - toMs(session.started_at))],
    [t('tools'), count(session.tool_calls)],
    [t('errors'), count(session.errors), session.errors > 0 ? 'tone-bad' : ''],
    [t('denied'), count(session.denied), session.denied > 0 ? 'tone-warn' : ''],
    [t('agents'), count(session.agents)],
    [t('tokens'), count(session.input_tokens + session.output_tokens)],
    [t('cost'), money(String(toUsd(session.cost_usd)))],
  ]
  return (
    <header className="session-head">
      <div className="session-name">
        <Link to="/observe/sessions" search={carried(filters)} className="icon-btn icon-btn-s" aria-label={t('backToSessions')} data-tip={t('backToSessions')}><ArrowLeft size={16} /></Link>
        <div className="grow">
          <h2 className="cut">{session.title || session.last_summary || session.id}</h2>
          <p className="tiny muted cut">{[session.source, session.project, session.model, dateTime(session.started_at)].filter(Boolean).join(' · ')}</p>
        </div>
        <Status status={session.status} />
        <Link to="/observe/replay" search={{ of }} className="btn btn-s">{t('replay')}</Link>
        <Link to="/observe/compare" search={{ left: of }} className="btn btn-s">{t('compare')}</Link>
      </div>
      <dl className="figures">{figures.map(([label, value, tone = '']) => <div key={label}><dt className="tiny muted">{label}</dt><dd className={tone}>{value}</dd></div>)}</dl>
    </header>
  )
}

function SessionPart({ source, id, part, at, isLive }: Id & { part: Part; at: number | null; isLive: boolean }): ReactNode {
  const t = useT('observe')
  const spans = useQuery(spansQuery(source, id))
  const aggregations = useQuery({ ...aggregationsQuery(source, id), enabled: part === 'agents' })
  const log = useSessionLog(source, id)
  const ticking = useNow(isLive ? tick_ms : 3_600_000)
  const last = log.rows.at(-1)?.ts ?? 0
  const now = isLive ? ticking : last || ticking
  const [open, setOpen] = useState<Open>(null)
  const openRow = (row: Row) => setOpen({ kind: 'event', row })
  const close = () => setOpen(null)
  const marked = at === null ? -1 : log.rows.findIndex((row) => row.ts >= at)
  if (part === 'agents') {
    if (aggregations.isError) return <ErrorState error={aggregations.error} onRetry={() => void aggregations.refetch()} />
    return aggregations.data ? <AgentsTable items={aggregations.data.items} now={now} /> : <div className="observe-wait"><Spinner label={t('loading')} /></div>
  }
  const drawer = open?.kind === 'event' ? <EventDrawer key={open.row.id} row={open.row} search="" onClose={close} />
    : open?.kind === 'span' ? <SpanDetail span={spans.data?.items.find((span) => span.id === open.span.id) ?? open.span} now={now} rows={log.rows} onOpen={openRow} onClose={close} /> : null
  return (
    <div className={`events-split ${drawer ? 'with-drawer' : ''}`}>
      {part === 'events'
        ? log.status === 'failed' ? <ErrorState error={log.error} onRetry={() => void log.load()} /> : <Transcript rows={log.rows} at={marked} onOpen={openRow} openId={open?.kind === 'event' ? open.row.id : null} />
        : spans.isError ? <ErrorState error={spans.error} onRetry={() => void spans.refetch()} />
          : spans.data ? <TimelineView spans={spans.data.items} now={now} chosen={open?.kind === 'span' ? open.span : null} onChoose={(span) => setOpen(span && { kind: 'span', span })} mark={at} />
            : <div className="observe-wait"><Spinner label={t('loading')} /></div>}
      {drawer}
    </div>
  )
}

import { useState, type ReactNode } from 'react'
import History from 'lucide-react/icons/history'
import { useT } from '@/i18n'
import { useMedia } from '@/lib/useMedia'
import { ago, count, dateTime, duration, money } from '@/lib/format'
import { Link, navigate } from '@/lib/router'
import { Button, EmptyState, ErrorState, Input, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import { useDebounced } from '@/lib/useDebounced'
import { toMs, toUsd, type Session, type SessionStatus } from '../api/types'
import { useFilters } from '../filters/useFilters'
import { narrow, useNow } from '../parts/useEvery'
import { Status } from '../parts/Status'
import { Teach } from '../parts/Teach'
import { useSessions } from './useSessions'

const settle_ms = 250
const clock_ms = 10_000
type Choice = SessionStatus | 'all'

/** Sessions, newest first: who, where, how far, and what it cost. */
export function SessionList(): ReactNode {
  const t = useT('observe')
  const { filters } = useFilters()
  const [status, setStatus] = useState<Choice>('all')
  const [project, setProject] = useState('')
  const settled = useDebounced(project, settle_ms)
  const query = useSessions(filters, status === 'all' ? null : status, settled.trim())
  const sessions = query.data?.pages.flatMap((page) => page.items) ?? []
  const isNarrowed = status !== 'all' || settled !== '' || filters.sources.length > 0 || filters.text !== '' || filters.last !== null || filters.from !== null
  return (
    <div className="observe-page">
      <div className="page-bar">
        <Segments
          size="s" label={t('status')} value={status} onChange={setStatus}
          options={[{ value: 'all', label: t('all') }, { value: 'active', label: t('stActive') }, { value: 'idle', label: t('stIdle') }, { value: 'ended', label: t('stEnded') }, { value: 'failed', label: t('stFailed') }]}
        />
        <Input className="page-bar-input" aria-label={t('project')} placeholder={t('project')} value={project} onChange={(event) => setProject(event.target.value)} />
      </div>
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="observe-wait"><Spinner label={t('loading')} /></div>
          : sessions.length === 0 ? (isNarrowed ? <EmptyState icon={<History size={20} />} title={t('nothingFits')}><p>{t('nothingFitsText')}</p></EmptyState> : <Teach />)
            : <List sessions={sessions} />}
      {query.hasNextPage && <Button className="page-more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </div>
  )
}

const target = ({ source, id }: Session) => ({ to: '/observe/sessions/$source/$id', params: { source, id } })
const titleOf = (session: Session, fallback: string): string => session.title || session.last_summary || fallback

function List({ sessions }: { sessions: readonly Session[] }): ReactNode {
  const t = useT('observe')
  const isPhone = useMedia(narrow)
  useNow(clock_ms)
  if (isPhone) return <ul className="cards">{sessions.map((session) => <li key={`${session.source}/${session.id}`}><Card session={session} /></li>)}</ul>
  return (
    <div className="table-wrap" role="region" aria-label={t('sessions')} tabIndex={0}>
      <table className="table sessions">
        <thead><tr>
          <th scope="col">{t('session')}</th><th scope="col">{t('status')}</th><th scope="col">{t('source')}</th>
          <th scope="col" className="end">{t('agents')}</th><th scope="col" className="end">{t('tools')}</th><th scope="col" className="end">{t('errors')}</th>
          <th scope="col" className="end">{t('tokens')}</th><th scope="col" className="end">{t('cost')}</th><th scope="col" className="end">{t('lasted')}</th><th scope="col" className="end">{t('lastSeen')}</th>
        </tr></thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={`${session.source}/${session.id}`} className="clickable" onClick={(event) => { if (!(event.target as Element).closest('a')) void navigate(target(session)) }}>
              <td className="session-title"><Link {...target(session)} className="cut">{titleOf(session, session.id)}</Link><span className="tiny faint cut">{session.project ?? session.id.slice(0, 8)}{session.model !== null && ` · ${session.model}`}</span></td>
              <td><Status status={session.status} /></td>
              <td className="muted nowrap">{session.source}</td>
              <td className="end">{count(session.agents)}</td>
              <td className="end">{count(session.tool_calls)}</td>
              <td className="end nowrap"><Trouble session={session} /></td>
              <td className="end nowrap">{count(session.input_tokens + session.output_tokens)}</td>
              <td className="end nowrap">{money(String(toUsd(session.cost_usd)))}</td>
              <td className="end nowrap muted">{duration(toMs(session.last_at) - toMs(session.started_at))}</td>
              <td className="end nowrap muted" title={dateTime(session.last_at)}>{ago(session.last_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Errors, and calls that were denied. */
function Trouble({ session: { errors, denied } }: { session: Session }): ReactNode {
  const t = useT('observe')
  return <><span className={errors > 0 ? 'tone-bad' : 'faint'}>{count(errors)}</span>{denied > 0 && <span className="tone-warn" title={t('deniedN', { n: denied })}> +{count(denied)}</span>}</>
}

function Card({ session }: { session: Session }): ReactNode {
  const t = useT('observe')
  return (
    <Link {...target(session)} className="card">
      <span className="row"><b className="grow cut">{titleOf(session, session.id)}</b><Status status={session.status} /></span>
      <span className="tiny muted cut">{[session.source, session.project, session.model].filter(Boolean).join(' · ')}</span>
      <span className="tiny card-figures">
        <span>{t('toolsN', { n: session.tool_calls })}</span>
        {session.errors > 0 && <span className="tone-bad">{t('errorsN', { n: session.errors })}</span>}
        {session.denied > 0 && <span className="tone-warn">{t('deniedN', { n: session.denied })}</span>}
        <span>{money(String(toUsd(session.cost_usd)))}</span>
        <span className="muted">{ago(session.last_at)}</span>
      </span>
    </Link>
  )
}

import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Copy from 'lucide-react/icons/copy'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { dateTime, duration } from '@/lib/format'
import { Link } from '@/lib/router'
import { ErrorState, IconButton, Spinner, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { eventQuery } from '../api/queries'
import type { WireEvent } from '../api/types'
import { Agent } from '../parts/Agent'
import { clock } from '../chart/ticks'
import { shortType, type Row } from '../store/row'
import { Hits } from './EventRow'

const JsonView = lazy(() => import('@/artifacts/json/JsonView'))

/** One event whole, beside the table. */
export function EventDrawer({ row, search, onClose }: { row: Row; search: string; onClose: () => void }): ReactNode {
  const t = useT('observe')
  const event = useQuery(eventQuery(row.id))
  const copy = () => void copyText(JSON.stringify(event.data ?? row, null, 2)).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
  return (
    <aside className="drawer" aria-label={t('event')} onKeyDown={(press) => { if (press.key === 'Escape') onClose() }}>
      <header className="drawer-head">
        <h2 className={`cut tone-${row.tone}`}><span className="ev-mark" aria-hidden="true" />{shortType(row.type)}</h2>
        <IconButton size="s" label={t('copyJson')} icon={<Copy size={14} />} onClick={copy} />
        <IconButton size="s" label={t('close')} icon={<X size={15} />} onClick={onClose} />
      </header>
      {row.summary !== '' && <p className="drawer-summary"><Hits text={row.summary} search={search} /></p>}
      <Facts row={row} />
      <div className="drawer-json">
        {event.isError ? <ErrorState error={event.error} onRetry={() => void event.refetch()} /> : event.data ? <Data event={event.data} /> : <div className="observe-wait"><Spinner label={t('loading')} /></div>}
      </div>
    </aside>
  )
}

function Facts({ row }: { row: Row }): ReactNode {
  const t = useT('observe')
  const to = { to: '/observe/sessions/$source/$id', params: { source: row.source, id: row.session } }
  return (
    <dl className="facts">
      <dt>{t('time')}</dt><dd title={dateTime(row.ts)}>{clock(row.ts)}</dd>
      <dt>{t('agent')}</dt><dd><Agent name={row.agent} /></dd>
      <dt>{t('source')}</dt><dd>{row.source}{row.project !== null && <span className="muted"> · {row.project}</span>}</dd>
      {row.session !== '' && <><dt>{t('session')}</dt><dd className="cut"><Link {...to} className="mono">{row.session}</Link></dd></>}
      {row.tool !== null && <><dt>{t('tool')}</dt><dd className="mono">{row.tool}</dd></>}
      {row.duration_ms !== null && <><dt>{t('took')}</dt><dd>{duration(row.duration_ms)}</dd></>}
      {row.session !== '' && <><dt>{t('open')}</dt><dd className="row"><Link {...to} search={{ at: String(row.ts) }}>{t('timeline')}</Link><Link to="/observe/replay" search={{ of: `${row.source}/${row.session}`, at: String(row.ts) }}>{t('replay')}</Link></dd></>}
    </dl>
  )
}

function Data({ event }: { event: WireEvent }): ReactNode {
  const t = useT('observe')
  const { body, ...about } = event.data
  const [part, setPart] = useState<'body' | 'event'>('body')
  const shown = part === 'body' && body !== undefined ? body : part === 'body' ? about : event
  return (
    <>
      <Segments size="s" label={t('show')} value={part} onChange={setPart} options={[{ value: 'body', label: t('content') }, { value: 'event', label: t('wholeEvent') }]} />
      <Suspense fallback={<Spinner label={t('loading')} />}><JsonView key={`${event.id}-${part}`} value={shown} title={t('content')} /></Suspense>
    </>
  )
}

import { useState, type ReactNode } from 'react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import Download from 'lucide-react/icons/download'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { count, duration } from '@/lib/format'
import { dayTime } from '@/observe/chart/ticks'
import { Badge, Button, ErrorState, Select, Spinner, Table } from '@/ui'
import { fetchCalls } from '../api/calls'
import { keys, keysQuery, offeredQuery } from '../api/queries'
import type { Call, CallStatus } from '../api/types'
import { cost } from '../parts/cost'
import { CallDialog } from './CallDialog'
import { callsCsv } from './csv'
import { loggedNames } from './logged'
import { call_tones } from './outcome'
import type { Range } from './range'
import { toMs } from './series'
import { useKeyName } from './useKeyName'

interface Narrowed { model: string; key_id: string; status: CallStatus | '' }
const statuses: readonly CallStatus[] = ['ok', 'failed', 'cut', 'cancelled']

/** Single calls, the newest first; one opens with everything known of it. */
export function Calls({ range }: { range: Range }): ReactNode {
  const t = useT('gateway')
  const [narrowed, setNarrowed] = useState<Narrowed>({ model: '', key_id: '', status: '' })
  const [open, setOpen] = useState<Call | null>(null)
  const query = useInfiniteQuery({
    queryKey: [...keys.calls, range.from, range.to, narrowed],
    queryFn: ({ pageParam, signal }) => fetchCalls({ from: range.from, to: range.to, ...narrowed, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const calls = query.data?.pages.flatMap((page) => page.items) ?? []
  const save = () => saveBlob(new Blob([callsCsv(calls)], { type: 'text/csv' }), 'calls.csv')
  return (
    <section className="admin-section">
      <div className="admin-section-head">
        <h2 className="grow">{t('singleCalls')}</h2>
        <Narrow narrowed={narrowed} onChange={setNarrowed} />
        <Button size="s" icon={<Download size={13} />} disabled={calls.length === 0} aria-label={t('csvOf', { what: t('singleCalls') })} onClick={save}>CSV</Button>
      </div>
      {query.isError && calls.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="admin-wait"><Spinner label={t('loading')} /></div>
          : calls.length === 0 ? <p className="small muted">{t('nothingFits')}</p>
            : <CallTable calls={calls} onOpen={setOpen} />}
      {query.hasNextPage && <Button className="usage-more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      {open && <CallDialog call={open} onClose={() => setOpen(null)} />}
    </section>
  )
}

function Narrow({ narrowed, onChange }: { narrowed: Narrowed; onChange: (next: Narrowed) => void }): ReactNode {
  const t = useT('gateway')
  const models = useQuery(offeredQuery).data ?? []
  const own = useQuery(keysQuery).data ?? []
  return (
    <div className="usage-narrow">
      <Select aria-label={t('model')} value={narrowed.model} onChange={(model) => onChange({ ...narrowed, model })} options={[{ value: '', label: t('modelsAll') }, ...loggedNames(models).map((name) => ({ value: name, label: name }))]} />
      <Select aria-label={t('key')} value={narrowed.key_id} onChange={(key_id) => onChange({ ...narrowed, key_id })} options={[{ value: '', label: t('keysAll') }, ...own.map(({ id, name }) => ({ value: id, label: name }))]} />
      <Select
        aria-label={t('state')} value={narrowed.status} onChange={(status) => onChange({ ...narrowed, status: status as Narrowed['status'] })}
        options={[{ value: '', label: t('statusAll') }, ...statuses.map((value) => ({ value, label: t(`call_${value}`) }))]}
      />
    </div>
  )
}

function CallTable({ calls, onOpen }: { calls: readonly Call[]; onOpen: (call: Call) => void }): ReactNode {
  const t = useT('gateway')
  const keyName = useKeyName()
  return (
    <Table
      label={t('singleCalls')} rows={calls} rowKey={(call) => call.id} onRowClick={onOpen}
      columns={[
        { id: 'at', label: t('time'), cell: (call) => <button type="button" className="usage-open nowrap">{dayTime(toMs(call.at))}</button> },
        { id: 'status', label: t('state'), cell: (call) => <Outcome call={call} /> },
        { id: 'model', label: t('model'), cell: (call) => <Asked call={call} /> },
        { id: 'who', label: t('from'), cell: (call) => <span className="muted">{call.agent ?? keyName(call.key_id) ?? call.source ?? '—'}</span> },
        { id: 'tokens', label: t('tokens'), align: 'end', cell: (call) => <span className="nowrap">{count(call.input_tokens)} → {count(call.output_tokens)}</span> },
        { id: 'first', label: t('firstToken'), align: 'end', cell: (call) => <span className="nowrap">{call.first_token_ms === null ? '—' : duration(call.first_token_ms)}</span> },
        { id: 'latency', label: t('latency'), align: 'end', cell: (call) => <span className="nowrap">{call.latency_ms === null ? '—' : duration(call.latency_ms)}</span> },
        { id: 'cost', label: t('cost'), align: 'end', cell: (call) => <span className="nowrap">{cost(call.cost_usd)}</span> },
      ]}
    />
  )
}

function Outcome({ call }: { call: Call }): ReactNode {
  const t = useT('gateway')
  const tone = call_tones[call.status]
  return (
    <span className="usage-outcome">
      <Badge {...(tone && { tone })}>{t(`call_${call.status}`)}</Badge>
      {call.cache === 'hit' && <Badge tone="accent">{t('cacheHit')}</Badge>}
      {call.error !== null && <span className="tiny muted cut usage-error" title={call.error}>{call.error}</span>}
    </span>
  )
}

function Asked({ call }: { call: Call }): ReactNode {
  const model = [call.provider, call.model].filter(Boolean).join('/')
  return <span className="mono nowrap">{call.alias !== null && call.alias !== model && <>{call.alias} <span className="muted">→</span> </>}{model || '—'}</span>
}

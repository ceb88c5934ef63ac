import { useState, type ReactNode } from 'react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import { dayTime } from '@/observe/chart/ticks'
import { Badge, Button, ErrorState, Input, Select, Spinner, Table } from '@/ui'
import { keys } from '../api/queries'
import { fetchCalls, sources, type CallStatus, type Source, type ToolCall } from '../api/tools'
import { toMs } from '../parts/time'
import { callTones } from '../parts/tones'
import { useDebounced } from '@/lib/useDebounced'
import { CallDialog } from './CallDialog'

interface Narrowed { tool: string; status: ToolCall['status'] | ''; source: Source | '' }
const statuses: readonly CallStatus[] = ['ok', 'failed', 'denied', 'waiting', 'cancelled']
const typing_ms = 300
const live_ms = 5_000

/** Calls, the newest first; of one tool, or of all with filters. */
export function Calls({ tool }: { tool?: string }): ReactNode {
  const t = useT('tools')
  const [chosen, setNarrowed] = useState<Narrowed>({ tool: '', status: '', source: '' })
  const [open, setOpen] = useState<ToolCall | null>(null)
  const narrowed = useDebounced(chosen, typing_ms)
  const asked = { ...narrowed, tool: tool ?? narrowed.tool.trim() }
  const query = useInfiniteQuery({
    queryKey: [...keys.calls, asked],
    queryFn: ({ pageParam, signal }) => fetchCalls({ ...asked, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : live_ms),
  })
  const calls = query.data?.pages.flatMap((page) => page.items) ?? []
  const isNarrowed = asked.status !== '' || asked.source !== '' || (tool === undefined && asked.tool !== '')
  return (
    <div className="stack">
      <Narrow narrowed={chosen} onChange={setNarrowed} withTool={tool === undefined} />
      {query.isError && calls.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="admin-wait"><Spinner label={t('loading')} /></div>
          : calls.length === 0 ? <p className="small muted" role="status">{isNarrowed ? t('nothingFits') : t('callsEmpty')}</p>
            : <CallTable calls={calls} withTool={tool === undefined} onOpen={setOpen} />}
      {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      {open && <CallDialog call={open} onClose={() => setOpen(null)} />}
    </div>
  )
}

function Narrow({ narrowed, onChange, withTool }: { narrowed: Narrowed; onChange: (next: Narrowed) => void; withTool: boolean }): ReactNode {
  const t = useT('tools')
  return (
    <div className="narrow">
      {withTool && <Input type="search" className="mono" aria-label={t('toolPattern')} placeholder={t('toolPatternHint')} value={narrowed.tool} onChange={(event) => onChange({ ...narrowed, tool: event.target.value })} />}
      <Select aria-label={t('state')} value={narrowed.status} onChange={(status) => onChange({ ...narrowed, status: status as Narrowed['status'] })} options={[{ value: '', label: t('anyStatus') }, ...statuses.map((value) => ({ value, label: t(`status_${value}`) }))]} />
      <Select aria-label={t('source')} value={narrowed.source} onChange={(source) => onChange({ ...narrowed, source: source as Narrowed['source'] })} options={[{ value: '', label: t('anySource') }, ...sources.map((value) => ({ value, label: t(`source_${value}`) }))]} />
    </div>
  )
}

function CallTable({ calls, withTool, onOpen }: { calls: readonly ToolCall[]; withTool: boolean; onOpen: (call: ToolCall) => void }): ReactNode {
  const t = useT('tools')
  return (
    <Table
      label={t('calls')} rows={calls} rowKey={(call) => call.id} onRowClick={onOpen}
      columns={[
        { id: 'at', label: t('time'), cell: (call) => <button type="button" className="call-open nowrap">{dayTime(toMs(call.at))}</button> },
        ...(withTool ? [{ id: 'tool', label: t('tool'), cell: (call: ToolCall) => <span className="mono nowrap">{call.tool}</span> }] : []),
        { id: 'status', label: t('state'), cell: (call) => <Status call={call} /> },
        { id: 'who', label: t('from'), cell: (call) => <span className="muted nowrap">{call.agent || sourceName(call.source, t)}</span> },
        { id: 'args', label: t('arguments'), cell: (call) => <span className="mono tiny muted call-args" title={call.args_preview}>{call.args_preview}</span> },
        { id: 'took', label: t('took'), align: 'end', cell: (call) => <span className="nowrap">{call.duration_ms === null ? '—' : duration(call.duration_ms)}</span> },
      ]}
    />
  )
}

/** An own source has words; an outside program goes by its name. */
export function sourceName(source: string, t: ReturnType<typeof useT<'tools'>>): string {
  return (sources as readonly string[]).includes(source) ? t(`source_${source as Source}`) : source
}

export function Status({ call }: { call: ToolCall }): ReactNode {
  const t = useT('tools')
  const tone = callTones[call.status]
  return (
    <span className="row">
      <Badge {...(tone && { tone })}>{t(`status_${call.status}`)}</Badge>
      {call.cached && <Badge tone="accent">{t('fromCache')}</Badge>}
    </span>
  )
}

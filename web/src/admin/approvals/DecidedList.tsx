import { type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import type { Approval } from '@/lib/types'
import { Badge, Button, EmptyState, ErrorState, Spinner } from '@/ui'
import { AgentName } from '../parts/AgentName'
import { Card } from '../parts/Page'
import { argsText } from './args'
import { useDecided } from './data'
import { SourceFilter } from './SourceFilter'
import { agentOf, sourceOf } from './sources'
import { useSourceName } from './useSourceName'

const TONE = {
  approved: 'ok',
  answered: 'ok',
  denied: 'bad',
  expired: undefined,
  cancelled: undefined,
  pending: undefined,
} as const

/** What was decided, by where it came from. */
export function DecidedList(): ReactNode {
  const t = useT('admin')
  const query = useDecided()
  const [source, setSource] = useState('')
  const items = query.data ?? []
  const shown = source === '' ? items : items.filter((item) => sourceOf(item) === source)
  if (query.isError && items.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (query.isPending) return <div className="admin-wait"><Spinner label={t('approvals')} /></div>
  if (items.length === 0 && !query.hasNextPage)
    return (
      <EmptyState title={t('decidedEmpty')}>
        <p>{t('decidedEmptyDetail')}</p>
      </EmptyState>
    )
  return (
    <div className="stack">
      <SourceFilter items={items} value={source} onChange={setSource} />
      {shown.length > 0 && <Card label={t('decided')}>{shown.map((item) => <Decided key={item.id} item={item} />)}</Card>}
      {query.hasNextPage && <div><Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('olderOnes')}</Button></div>}
    </div>
  )
}

function Decided({ item }: { item: Approval }): ReactNode {
  const t = useT('admin')
  const nameOf = useSourceName()
  const said = item.answer ?? item.reason
  const when = item.decided_at ?? item.created_at
  return (
    <div role="listitem">
      <details className="decided">
        <summary>
          <AgentName name={agentOf(item) ?? nameOf(sourceOf(item))} />
          <span className="mono cut">{item.kind === 'question' ? item.question : `${item.tool}  ${argsText(item.args).split('\n').join('  ')}`}</span>
          <Badge {...(TONE[item.status] && { tone: TONE[item.status] })}>{t(`status_${item.status}`)}</Badge>
          <span className="tiny faint" title={dateTime(when)}>{ago(when)}</span>
        </summary>
        <div className="decided-more">
          {item.kind === 'approval' && <pre className="pending-args" tabIndex={0} role="group" aria-label={t('args')}>{argsText(item.args) || t('argsNone')}</pre>}
          {said != null && said !== '' && <p className="small"><span className="muted">{t('youSaid')}</span> {said}</p>}
          <p className="tiny muted">{nameOf(sourceOf(item))} · {dateTime(when)}</p>
        </div>
      </details>
    </div>
  )
}

import { useState, type ReactNode } from 'react'
import HistoryIcon from 'lucide-react/icons/history'
import { useT } from '@/i18n'
import { dateTime, duration } from '@/lib/format'
import { Badge, Button, EmptyState, ErrorState, Select, Spinner, Table } from '@/ui'
import { useAlerts, useFirings, type Delivery, type Firing } from './data'
import { amount } from './words'

/** What fired, for how long, and who was told. */
export function History(): ReactNode {
  const t = useT('alerts')
  const [alertId, setAlertId] = useState('')
  const alerts = useAlerts().data ?? []
  const firings = useFirings(alertId || null)
  const rows = firings.data?.pages.flatMap((page) => page.items)
  return (
    <div className="stack">
      {alerts.length > 1 && (
        <Select
          className="alert-filter" aria-label={t('ruleFilter')} value={alertId} onChange={setAlertId}
          options={[{ value: '', label: t('allRules') }, ...alerts.map((alert) => ({ value: alert.id, label: alert.name }))]}
        />
      )}
      {rows ? <Firings rows={rows} /> : firings.isError
        ? <ErrorState error={firings.error} onRetry={() => void firings.refetch()} />
        : <div className="alerts-wait"><Spinner label={t('loading')} /></div>}
      {firings.hasNextPage && <Button loading={firings.isFetchingNextPage} onClick={() => void firings.fetchNextPage()}>{t('more')}</Button>}
    </div>
  )
}

function Firings({ rows }: { rows: Firing[] }): ReactNode {
  const t = useT('alerts')
  if (rows.length === 0) {
    return <EmptyState icon={<HistoryIcon size={20} />} title={t('historyEmpty')}><p>{t('historyEmptyDetail')}</p></EmptyState>
  }
  return (
    <Table
      label={t('history')}
      rows={rows}
      rowKey={(firing) => firing.id}
      columns={[
        {
          id: 'rule', label: t('rule'),
          cell: (firing) => <div className="alert-firing"><b>{firing.name}</b><span className="tiny muted">{firing.summary}</span></div>,
        },
        {
          id: 'state', label: t('state'),
          cell: (firing) => <Badge tone={firing.state === 'firing' ? 'bad' : 'ok'}>{t(`state_${firing.state}`)}</Badge>,
        },
        { id: 'fired', label: t('fired'), cell: (firing) => <span className="nowrap">{dateTime(firing.fired_at)}</span> },
        { id: 'lasted', label: t('lasted'), align: 'end', cell: (firing) => <span className="nowrap">{lasted(firing)}</span> },
        { id: 'worst', label: t('worst'), align: 'end', cell: (firing) => <span className="nowrap">{amount(t, firing.kind, firing.worst)}</span> },
        { id: 'told', label: t('told'), cell: (firing) => <Told firing={firing} /> },
      ]}
    />
  )
}

function lasted(firing: Firing): string {
  const end = firing.resolved_at === null ? Date.now() : new Date(firing.resolved_at).getTime()
  return duration(Math.max(0, end - new Date(firing.fired_at).getTime()))
}

const tones: Record<Delivery['status'], 'ok' | 'warn' | 'bad'> = { delivered: 'ok', waiting: 'warn', failed: 'bad' }

function Told({ firing }: { firing: Firing }): ReactNode {
  const t = useT('alerts')
  if (firing.deliveries.length === 0) return <span className="muted">{firing.muted ? t('muted') : '—'}</span>
  return (
    <span className="row alert-told">
      {firing.deliveries.map((delivery, index) => (
        <Badge key={index} tone={tones[delivery.status]} title={delivery.error ?? ''}>
          {t(delivery.channel)} · {t(`what_${delivery.what}`)} · {t(`delivery_${delivery.status}`)}
          {delivery.attempts > 1 && ` (${delivery.attempts})`}
        </Badge>
      ))}
    </span>
  )
}

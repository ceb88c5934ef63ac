import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { ago, count, duration } from '@/lib/format'
import { Badge, Table } from '@/ui'
import { healthQuery } from '../api/queries'
import type { CandidateHealth } from '../api/types'
import { Breaker } from './Breaker'
import { TryModel } from './TryModel'

/** How each model in use is doing, as the gateway itself sees it; asked anew while it is looked at. */
export function Health(): ReactNode {
  const t = useT('gateway')
  return (
    <Section title={t('health')} lead={t('healthLead')}>
      <TryModel />
      <Loaded query={useQuery(healthQuery)}>
        {(items) => (items.length === 0 ? <Card><p className="health-none small muted">{t('healthEmpty')}</p></Card> : <HealthTable items={items} />)}
      </Loaded>
    </Section>
  )
}

function HealthTable({ items }: { items: readonly CandidateHealth[] }): ReactNode {
  const t = useT('gateway')
  const time = (ms: number | null) => (ms === null ? '—' : duration(ms))
  return (
    <Table
      label={t('health')} rows={items} rowKey={({ provider_id, model }) => `${provider_id}/${model}`}
      columns={[
        { id: 'model', label: t('model'), cell: (item) => <span className="row"><Breaker health={item} /><span className="mono">{item.provider}/{item.model}</span></span> },
        { id: 'state', label: t('state'), cell: (item) => <State item={item} /> },
        { id: 'calls', label: t('calls'), align: 'end', cell: (item) => count(item.calls) },
        { id: 'failures', label: t('failures'), align: 'end', cell: (item) => <span className={item.failures > 0 ? 'tone-bad' : 'muted'}>{count(item.failures)}</span> },
        { id: 'first', label: t('firstToken'), align: 'end', cell: (item) => <span className="nowrap">{time(item.first_token_ms_p50)}</span> },
        { id: 'latency', label: t('latency'), align: 'end', cell: (item) => <span className="nowrap">{time(item.latency_ms_p50)}</span> },
        { id: 'error', label: t('lastError'), cell: (item) => <LastError item={item} /> },
      ]}
    />
  )
}

const tones = { closed: 'ok', open: 'bad', half_open: 'warn' } as const

function State({ item }: { item: CandidateHealth }): ReactNode {
  const t = useT('gateway')
  const until = item.state === 'open' && item.opened_until !== null ? t('breakerUntil', { when: ago(item.opened_until) }) : undefined
  return <Badge tone={tones[item.state]} {...(until && { title: until })}>{t(`breaker_${item.state}`)}</Badge>
}

function LastError({ item }: { item: CandidateHealth }): ReactNode {
  if (item.last_error === null) return <span className="muted">—</span>
  return <span className="health-error tiny muted" title={item.last_error}>{item.last_error}{item.last_error_at !== null && ` · ${ago(item.last_error_at)}`}</span>
}

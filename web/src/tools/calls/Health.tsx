import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { count, duration } from '@/lib/format'
import { Badge, Table } from '@/ui'
import { healthQuery } from '../api/queries'
import { useOriginTitle } from '../catalogue/useOriginTitle'
import { Dot } from '../parts/Dot'
import { backendOf } from './backend'
import { breakerTones } from '../parts/tones'

const badgeTones = { closed: 'ok', open: 'bad', half_open: 'warn' } as const

/** How each backend of tools is doing; asked anew while it is looked at. */
export function Health(): ReactNode {
  const t = useT('tools')
  const titleOf = useOriginTitle()
  const nameOf = (server: string): string => {
    const { name, replica } = backendOf(server)
    const title = titleOf(`mcp:${name}`)
    return replica === null ? title : t('replicaOf', { name: title, n: replica })
  }
  return (
    <Section title={t('health')} lead={t('healthLead')}>
      <Loaded query={useQuery(healthQuery)}>
        {(items) => (items.length === 0
          ? <Card><p className="small muted health-empty">{t('healthEmpty')}</p></Card>
          : (
            <Table
              label={t('health')} rows={items} rowKey={(item) => item.server}
              columns={[
                { id: 'server', label: t('backend'), cell: (item) => <span className="row"><Dot tone={breakerTones[item.state]} label={t(`breaker_${item.state}`)} /><span>{nameOf(item.server)}</span></span> },
                { id: 'state', label: t('state'), cell: (item) => <Badge tone={badgeTones[item.state]}>{t(`breaker_${item.state}`)}</Badge> },
                { id: 'flight', label: t('inFlight'), align: 'end', cell: (item) => count(item.in_flight) },
                { id: 'calls', label: t('calls'), align: 'end', cell: (item) => count(item.calls) },
                { id: 'errors', label: t('errors'), align: 'end', cell: (item) => <span className={item.errors > 0 ? 'tone-bad' : 'muted'}>{count(item.errors)}</span> },
                { id: 'latency', label: t('latency'), align: 'end', cell: (item) => <span className="nowrap">{item.latency_ms_p50 === null ? '—' : duration(item.latency_ms_p50)}</span> },
                { id: 'last', label: t('lastError'), cell: (item) => (item.last_error === null ? <span className="muted">—</span> : <span className="tiny muted last-error" title={item.last_error}>{item.last_error}</span>) },
              ]}
            />
          ))}
      </Loaded>
    </Section>
  )
}

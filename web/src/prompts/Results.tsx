import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { count, duration, money, number } from '@/lib/format'
import { Table } from '@/ui'
import { resultsQuery, type Result } from './api'

const time = (ms: number | null): string => (ms === null ? '—' : duration(ms))

/** The share that succeeded, and between which bounds the true one lies. */
function Success({ row }: { row: Result }): ReactNode {
  const t = useT('prompts')
  const ended = row.succeeded + row.failed
  if (ended === 0) return '—'
  const share = (part: number) => number(part * 100, 0)
  const isBounded = row.success_low !== null && row.success_high !== null
  return <span className="nowrap" title={row.is_small_sample ? t('smallSample') : undefined}>{share(row.succeeded / ended)} %{isBounded && <span className="tiny muted"> ({share(row.success_low ?? 0)}–{share(row.success_high ?? 1)})</span>}{row.is_small_sample && <span className="tone-warn"> *</span>}</span>
}

/** How the variants did beside each other. */
export function Results({ id }: { id: string }): ReactNode {
  const t = useT('prompts')
  return (
    <Loaded query={useQuery(resultsQuery(id))}>
      {(items) => (items.every(({ runs }) => runs === 0) ? <p className="small muted">{t('noResults')}</p> : (
        <Table
          label={t('results')} rows={items} rowKey={(row) => row.variant}
          columns={[
            { id: 'variant', label: t('variant'), cell: (row) => <b>{row.variant}</b> },
            { id: 'runs', label: t('runs'), align: 'end', cell: (row) => count(row.runs) },
            { id: 'good', label: t('succeeded'), align: 'end', cell: (row) => <Success row={row} /> },
            { id: 'cost', label: t('meanCost'), align: 'end', cell: (row) => (row.mean_cost_usd === null ? '—' : money(String(row.mean_cost_usd))) },
            { id: 'tokens', label: t('meanTokens'), align: 'end', cell: (row) => (row.mean_tokens === null ? '—' : count(Math.round(row.mean_tokens))) },
            { id: 'steps', label: t('steps'), align: 'end', cell: (row) => (row.steps === null ? '—' : number(row.steps, 1)) },
            { id: 'p50', label: 'p50', align: 'end', cell: (row) => time(row.p50_ms) },
            { id: 'p95', label: 'p95', align: 'end', cell: (row) => time(row.p95_ms) },
          ]}
        />
      ))}
    </Loaded>
  )
}

import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ago, count } from '@/lib/format'
import { Badge, Button, EmptyState, Table } from '@/ui'
import type { CacheUse, Engine, RouteTime, SlowQuery } from './data'
import { time } from './time'

const shown_at_first = 12

export function Engines({ items }: { items: Engine[] }): ReactNode {
  const t = useT('performance')
  return (
    <Table
      label={t('engines')}
      rows={items}
      rowKey={(engine) => engine.name}
      columns={[
        { id: 'name', label: t('engine'), cell: (engine) => <span className="mono">{engine.name}</span> },
        {
          id: 'state',
          label: t('state'),
          cell: (engine) => <Badge tone={engine.ok ? 'ok' : 'bad'}>{engine.ok ? t('answers') : (engine.error ?? t('away'))}</Badge>,
        },
        { id: 'latency', label: t('latency'), align: 'end', cell: (engine) => time(engine.latency_ms) },
      ]}
    />
  )
}

export function Caches({ items }: { items: CacheUse[] }): ReactNode {
  const t = useT('performance')
  const share = ({ hits, misses }: CacheUse): string => (hits + misses === 0 ? '—' : `${Math.round((100 * hits) / (hits + misses))} %`)
  return (
    <Table
      label={t('caches')}
      rows={items}
      rowKey={(cache) => cache.name}
      columns={[
        { id: 'name', label: t('cache'), cell: (cache) => <span className="mono">{cache.name}</span> },
        { id: 'share', label: t('hitShare'), align: 'end', cell: share },
        { id: 'hits', label: t('hits'), align: 'end', cell: (cache) => count(cache.hits) },
        { id: 'misses', label: t('misses'), align: 'end', cell: (cache) => count(cache.misses) },
        { id: 'size', label: t('entries'), align: 'end', cell: (cache) => (cache.size === null ? '—' : count(cache.size)) },
      ]}
    />
  )
}

export function Routes({ items }: { items: RouteTime[] }): ReactNode {
  const t = useT('performance')
  const [all, setAll] = useState(false)
  if (items.length === 0) return <EmptyState title={t('routesEmpty')} />
  return (
    <>
      <Table
        label={t('routes')}
        rows={all ? items : items.slice(0, shown_at_first)}
        rowKey={(route) => `${route.method} ${route.route}`}
        columns={[
          { id: 'route', label: t('route'), cell: (route) => <span className="mono"><span className="muted">{route.method}</span> {route.route}</span> },
          { id: 'count', label: t('requests'), align: 'end', cell: (route) => count(route.count) },
          { id: 'errors', label: t('errors'), align: 'end', cell: (route) => <span className={route.errors > 0 ? 'tone-bad' : 'muted'}>{count(route.errors)}</span> },
          { id: 'p50', label: 'p50', align: 'end', cell: (route) => time(route.p50_ms) },
          { id: 'p95', label: 'p95', align: 'end', cell: (route) => time(route.p95_ms) },
          { id: 'p99', label: 'p99', align: 'end', cell: (route) => time(route.p99_ms) },
        ]}
      />
      {items.length > shown_at_first && (
        <Button variant="ghost" size="s" onClick={() => setAll(!all)}>
          {all ? t('showFewer') : t('showAll', { n: items.length })}
        </Button>
      )}
    </>
  )
}

export function SlowQueries({ items }: { items: SlowQuery[] }): ReactNode {
  const t = useT('performance')
  if (items.length === 0) return <EmptyState title={t('slowEmpty')}><p>{t('slowEmptyDetail')}</p></EmptyState>
  return (
    <Table
      label={t('slow')}
      rows={items}
      rowKey={(query) => query.statement}
      columns={[
        { id: 'statement', label: t('statement'), cell: (query) => <code className="perf-sql">{query.statement}</code> },
        { id: 'count', label: t('times'), align: 'end', cell: (query) => count(query.count) },
        { id: 'mean', label: t('mean'), align: 'end', cell: (query) => time(query.mean_ms) },
        { id: 'max', label: t('longest'), align: 'end', cell: (query) => time(query.max_ms) },
        { id: 'last', label: t('last'), align: 'end', cell: (query) => <span className="muted nowrap">{ago(query.last_at)}</span> },
      ]}
    />
  )
}

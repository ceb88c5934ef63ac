import type { ReactNode } from 'react'
import Workflow from 'lucide-react/icons/workflow'
import { useT } from '@/i18n'
import { useAgents } from '@/lib/queries'
import { Link, useNavigate, useSearch } from '@/lib/router'
import { Button, EmptyState, ErrorState, Select, Spinner, Switch } from '@/ui'
import { filtersOf, isNarrowed, kinds, searchOf, statuses, type RunFilters } from './filters'
import { RunRows } from './RunRows'
import { useRuns } from './useRuns'

/** Every run: turns of chats, calls of agents, tasks of plans and the plans themselves. */
export function RunList(): ReactNode {
  const t = useT('runs')
  const filters = filtersOf(useSearch())
  const navigate = useNavigate()
  const { dead, ...asked } = filters
  const query = useRuns({ ...asked, ...(dead && { dead }) })
  const change = (next: RunFilters) => void navigate({ to: '/runs', search: searchOf(next), replace: true })
  return (
    <div className="runs-page">
      <h1 className="sr-only">{t('runs')}</h1>
      <Filters filters={filters} onChange={change} />
      {query.isError && query.items.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="admin-wait"><Spinner label={t('runs')} /></div>
          : query.items.length > 0 ? <RunRows runs={query.items} />
            : isNarrowed(filters) ? <p className="runs-none small muted" role="status">{t('nothingFits')}</p> : <NoRuns />}
      {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </div>
  )
}

function NoRuns(): ReactNode {
  const t = useT('runs')
  return <EmptyState icon={<Workflow size={20} />} title={t('noRuns')} actions={<Link to="/" className="btn btn-primary">{t('askTeam')}</Link>}><p>{t('noRunsText')}</p></EmptyState>
}

function Filters({ filters, onChange }: { filters: RunFilters; onChange: (next: RunFilters) => void }): ReactNode {
  const t = useT('runs')
  const agents = useAgents().data ?? []
  const names = [...new Set([...agents.map(({ name }) => name), ...(filters.agent === '' ? [] : [filters.agent])])]
  return (
    <div className="narrow">
      <Select aria-label={t('status')} value={filters.status} onChange={(status) => onChange({ ...filters, status: status as RunFilters['status'] })} options={[{ value: '', label: t('anyStatus') }, ...statuses.map((value) => ({ value, label: t(`status_${value}`) }))]} />
      <Select aria-label={t('agent')} value={filters.agent} onChange={(agent) => onChange({ ...filters, agent })} options={[{ value: '', label: t('anyAgent') }, ...names.map((value) => ({ value, label: value }))]} />
      <Select aria-label={t('kind')} value={filters.kind} onChange={(kind) => onChange({ ...filters, kind: kind as RunFilters['kind'] })} options={[{ value: '', label: t('anyKind') }, ...kinds.map((value) => ({ value, label: t(`kind_${value}`) }))]} />
      <Switch checked={filters.dead} onChange={(dead) => onChange({ ...filters, dead })} label={t('deadOnly')} />
    </div>
  )
}

import { useState, type ReactNode } from 'react'
import { useInfiniteQuery } from '@tanstack/react-query'
import ListChecks from 'lucide-react/icons/list-checks'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { isDone, type Plan, type PlanStatus } from '@/lib/plan'
import { Link, useNavigate, useSearch } from '@/lib/router'
import { Button, EmptyState, ErrorState, Select, Spinner } from '@/ui'
import { plans } from '../api/calls'
import { keys } from '../api/queries'
import { costOf } from '../parts/facts'
import { Status } from '../parts/Status'
import { Took } from '../parts/Took'
import { NewPlan } from './NewPlan'

const statuses: readonly PlanStatus[] = ['planning', 'proposed', 'running', 'paused', 'succeeded', 'failed', 'cancelled']

/** All plans, the newest first. */
export function PlanList(): ReactNode {
  const t = useT('runs')
  const p = useT('plans')
  const navigate = useNavigate()
  const [making, setMaking] = useState(false)
  const status = statuses.find((value) => value === useSearchStatus()) ?? ''
  const query = useInfiniteQuery({
    queryKey: [...keys.plans, status],
    queryFn: ({ pageParam, signal }) => plans.list({ status, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const newOne = <Button variant="primary" icon={<Plus size={15} />} onClick={() => setMaking(true)}>{p('newPlan')}</Button>
  return (
    <div className="runs-page">
      <h1 className="sr-only">{t('plans')}</h1>
      <div className="narrow">
        <Select aria-label={t('status')} value={status} onChange={(value) => void navigate({ to: '/runs/plans', search: { status: value || undefined }, replace: true })} options={[{ value: '', label: t('anyStatus') }, ...statuses.map((value) => ({ value, label: p(`status_${value}`) }))]} />
        <span className="grow" />
        {items.length > 0 && newOne}
      </div>
      {query.isError && items.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="admin-wait"><Spinner label={t('plans')} /></div>
          : items.length > 0 ? <div className="plan-rows" role="list" aria-label={t('plans')}>{items.map((plan) => <PlanRow key={plan.id} plan={plan} />)}</div>
            : status !== '' ? <p className="runs-none small muted" role="status">{t('nothingFits')}</p>
              : <EmptyState icon={<ListChecks size={20} />} title={p('noPlans')} actions={newOne}><p>{p('noPlansText')}</p></EmptyState>}
      {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      {making && <NewPlan onClose={() => setMaking(false)} />}
    </div>
  )
}

const useSearchStatus = (): string | undefined => useSearch().status

function PlanRow({ plan }: { plan: Plan }): ReactNode {
  const p = useT('plans')
  const done = plan.tasks.filter(isDone).length
  const agents = [...new Set(plan.tasks.map(({ agent }) => agent))]
  return (
    <div role="listitem" className="plan-row">
      <Status status={plan.status} />
      <Link to={`/runs/plans/${plan.id}`} className="cut plan-row-goal">{plan.goal}</Link>
      <span className="tiny muted nowrap">{plan.tasks.length > 0 && `${p('doneOf', { done, n: plan.tasks.length })} · ${p('agentsCount', { n: agents.length })}`}</span>
      <span className="tiny muted nowrap" title={dateTime(plan.created_at)}>{ago(plan.created_at)}</span>
      <span className="tiny muted end"><Took from={plan.started_at} to={plan.ended_at} /></span>
      <span className="tiny muted end tabular">{costOf(plan.cost_usd)}</span>
    </div>
  )
}

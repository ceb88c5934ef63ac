import { useEffect, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import MessageSquare from 'lucide-react/icons/message-square'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { dateTime } from '@/lib/format'
import { planQuery, type Plan } from '@/lib/plan'
import { Link } from '@/lib/router'
import { EmptyState } from '@/ui'
import { costOf } from '../parts/facts'
import { Status } from '../parts/Status'
import { Took } from '../parts/Took'
import PlanBoard from './PlanBoard'

/** One plan: what it is for, its graph, and each of its tasks. */
export function PlanPage({ id }: { id: string }): ReactNode {
  const t = useT('plans')
  const query = useQuery(planQuery(id))
  if (query.error instanceof ApiError && query.error.status === 404) return <EmptyState title={t('planGone')} actions={<Link to="/runs/plans" className="btn">{t('toPlans')}</Link>}><p>{t('planGoneText')}</p></EmptyState>
  return <div className="runs-page runs-wide"><Loaded query={query}>{(plan) => <Shown plan={plan} />}</Loaded></div>
}

function Shown({ plan }: { plan: Plan }): ReactNode {
  const t = useT('plans')
  useEffect(() => { document.title = `${plan.goal} · Entourage` }, [plan.goal])
  return (
    <>
      <header className="run-head">
        <Link to="/runs/plans" className="icon-btn icon-btn-s" aria-label={t('toPlans')} data-tip={t('toPlans')}><ArrowLeft size={16} /></Link>
        <h1>{plan.goal}</h1>
        <Status status={plan.status} />
        <span className="grow" />
        <Link to={`/chat/${plan.session_id}`} className="btn"><MessageSquare size={14} aria-hidden />{t('toChat')}</Link>
      </header>
      <Facts plan={plan} />
      {plan.reason !== null && plan.reason !== '' && <div className={`notice ${plan.status === 'failed' ? 'notice-bad' : ''}`} role={plan.status === 'failed' ? 'alert' : undefined}>{plan.reason}</div>}
      <PlanBoard id={plan.id} />
    </>
  )
}

function Facts({ plan }: { plan: Plan }): ReactNode {
  const t = useT('plans')
  const runs = useT('runs')
  const facts: [string, ReactNode][] = [
    [t('tasks'), String(plan.tasks.length)], [t('agents'), String(new Set(plan.tasks.map(({ agent }) => agent)).size)], [runs('started'), dateTime(plan.started_at ?? plan.created_at)],
    [runs('took'), <Took key="took" from={plan.started_at} to={plan.ended_at} />], [runs('cost'), costOf(plan.cost_usd)],
    ...(plan.replans > 0 ? [[t('replans'), String(plan.replans)] as [string, ReactNode]] : []),
    ...(plan.run_id !== null ? [[t('run'), <Link key="run" to={`/runs/${plan.run_id}`}>{runs('openRun')}</Link>] as [string, ReactNode]] : []),
  ]
  return <dl className="facts run-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}

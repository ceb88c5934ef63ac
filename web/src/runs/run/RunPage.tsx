import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { Link } from '@/lib/router'
import { EmptyState } from '@/ui'
import { runQuery, stepsQuery } from '../api/queries'
import type { Run } from '../api/types'
import { useTitle } from '../list/useTitle'
import { isGoing } from '../parts/facts'
import { RunFacts } from './RunFacts'
import { RunHead } from './RunHead'
import { StepList } from './StepList'
import { SteerBox } from './SteerBox'

const PlanBoard = lazy(() => import('../plans/PlanBoard'))

/** One run: what it is, what it did step by step, and what can be done with it. */
export default function RunPage({ id }: { id: string }): ReactNode {
  const t = useT('runs')
  const query = useQuery(runQuery(id))
  const isGone = query.error instanceof ApiError && query.error.status === 404
  if (isGone) return <EmptyState title={t('runGone')} actions={<Link to="/runs" className="btn">{t('toRuns')}</Link>}><p>{t('runGoneText')}</p></EmptyState>
  return <div className="runs-page"><Loaded query={query}>{(run) => <Shown run={run} />}</Loaded></div>
}

function Shown({ run }: { run: Run }): ReactNode {
  const t = useT('runs')
  const title = useTitle()(run)
  const steps = useQuery(stepsQuery(run.id))
  useEffect(() => { document.title = `${title} · Entourage` }, [title])
  return (
    <>
      <RunHead run={run} title={title} />
      <RunFacts run={run} />
      {run.task !== null && run.task.includes('\n') && <details className="run-task"><summary>{t('task')}</summary><p>{run.task}</p></details>}
      {run.message?.error && <div className="notice notice-bad" role="alert"><b>{run.message.error.title}</b><p>{run.message.error.detail}</p>{run.message.error.hint}</div>}
      {isGoing(run) && run.kind !== 'plan' && <SteerBox run={run} />}
      {run.plan_id !== null && run.kind === 'plan' && <Suspense><PlanBoard id={run.plan_id} /></Suspense>}
      <section className="stack">
        <h2 className="runs-h2">{t('steps')}</h2>
        <Loaded query={steps}>{(items) => (items.length === 0 ? <p className="small muted">{isGoing(run) ? t('noStepsYet') : t('noSteps')}</p> : <StepList run={run} steps={items} />)}</Loaded>
      </section>
    </>
  )
}

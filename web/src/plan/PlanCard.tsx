import { lazy, Suspense, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Pencil from 'lucide-react/icons/pencil'
import Play from 'lucide-react/icons/play'
import Workflow from 'lucide-react/icons/workflow'
import { ArtifactChip } from '@/chat/ArtifactChip'
import { useT } from '@/i18n'
import { isDone, planQuery, type Plan, type PlanTask } from '@/lib/plan'
import { useApprovals } from '@/lib/queries'
import { Link, navigate } from '@/lib/router'
import type { Approval } from '@/lib/types'
import { useHue } from '@/lib/useHue'
import { Button } from '@/ui/Button'
import { TaskTime } from './TaskTime'
import { TaskMark } from './TaskMark'
import { usePlanActs } from './usePlanActs'
import './plan.css'

const ApprovalCard = lazy(() => import('@/chat/ApprovalCard'))

/** The plan of a turn: its tasks as they stand, what they ask and what they made, and the choice to start while it is proposed. */
export default function PlanCard({ id, goal }: { id: string; goal: string }): ReactNode {
  const t = useT('plans')
  const plan = useQuery(planQuery(id)).data
  return (
    <section className="plan" aria-label={t('planOf', { goal })} aria-busy={plan === undefined || plan.status === 'planning' || undefined}>
      {plan ? <Card plan={plan} /> : <p className="small muted">{goal}</p>}
    </section>
  )
}

function Card({ plan }: { plan: Plan }): ReactNode {
  const t = useT('plans')
  const approvals = (useApprovals().data ?? []).filter(({ kind }) => kind !== 'plan')
  const done = plan.tasks.filter(isDone).length
  const artifacts = plan.tasks.flatMap((task) => task.artifacts)
  return (
    <>
      {plan.tasks.length === 0 && plan.status === 'planning' && <p className="small muted" role="status">{t('planningNow')}</p>}
      <ol className="plan-lines" data-proposed={plan.status === 'proposed' || undefined}>
        {plan.tasks.map((task) => <Line key={task.key} task={task} plan={plan} approval={task.status === 'asking' ? approvals.find(({ run_id }) => run_id === task.run_id) : undefined} />)}
      </ol>
      {plan.reason !== null && plan.reason !== '' && <p className={`small ${plan.status === 'failed' ? 'tone-bad' : 'muted'}`}>{plan.reason}</p>}
      {artifacts.length > 0 && <div className="chips">{artifacts.map((artifact) => <ArtifactChip key={artifact.id} artifact={artifact} />)}</div>}
      {plan.tasks.length > 0 && plan.status !== 'proposed' && <progress className="plan-bar" max={plan.tasks.length} value={done} aria-label={t('progress', { done, n: plan.tasks.length })} />}
      <Foot plan={plan} />
    </>
  )
}

function Line({ task, plan, approval }: { task: PlanTask; plan: Plan; approval: Approval | undefined }): ReactNode {
  const t = useT('plans')
  const hue = useHue()
  const after = task.depends_on.map((key) => plan.tasks.findIndex((other) => other.key === key) + 1).filter((place) => place > 0)
  const isWaiting = task.status === 'waiting' || task.status === 'queued'
  return (
    <li className="plan-line" data-status={task.status}>
      <TaskMark status={task.status} />
      <span className={isWaiting && plan.status !== 'proposed' ? 'muted' : undefined}>{task.title}{plan.status === 'proposed' && after.length > 0 && <span className="faint tiny"> {t('afterNumbers', { numbers: after.join(', ') })}</span>}</span>
      <span className="hue plan-agent" style={{ '--h': hue(task.agent) }}>{task.agent}</span>
      {plan.status === 'proposed' ? null : task.status === 'asking' && !approval ? <Link to="/tools/approvals" className="task-time tone-warn">{t('task_asking')}</Link> : <TaskTime task={task} />}
      {approval && <div className="plan-ask"><Suspense><ApprovalCard approval={approval} /></Suspense></div>}
      {task.status === 'failed' && task.error !== null && <p className="plan-error tone-bad tiny">{task.error}</p>}
    </li>
  )
}

function Foot({ plan }: { plan: Plan }): ReactNode {
  const t = useT('plans')
  const { busy, approve, reject } = usePlanActs(plan)
  const open = () => void navigate({ to: `/runs/plans/${plan.id}` })
  const agents = new Set(plan.tasks.map(({ agent }) => agent)).size
  return (
    <footer className="plan-foot">
      {plan.status === 'proposed' && (
        <>
          <Button variant="primary" size="s" icon={<Play size={13} />} loading={busy === 'approve'} onClick={() => void approve()}>{t('start')}</Button>
          <Button size="s" icon={<Pencil size={13} />} disabled={busy !== null} onClick={() => void navigate({ to: `/runs/plans/${plan.id}`, search: { edit: '1' } })}>{t('edit')}</Button>
          <Button size="s" loading={busy === 'reject'} onClick={() => void reject()}>{t('reject')}</Button>
        </>
      )}
      <span className="tiny faint grow">{plan.tasks.length > 0 && `${t('tasksCount', { n: plan.tasks.length })} · ${t('agentsCount', { n: agents })}`}{plan.status === 'paused' && ` · ${t('status_paused')}`}</span>
      <button type="button" className="quiet plan-open" onClick={open}><Workflow size={13} aria-hidden />{t('openGraph')}</button>
    </footer>
  )
}

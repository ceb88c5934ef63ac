import { lazy, Suspense, type ReactNode } from 'react'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import SkipForward from 'lucide-react/icons/skip-forward'
import X from 'lucide-react/icons/x'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { hasEnded, type Plan, type PlanTask } from '@/lib/plan'
import { Link } from '@/lib/router'
import { usePlanActs } from '@/plan/usePlanActs'
import { Button, IconButton } from '@/ui'
import { ArtifactLinks } from '../parts/ArtifactLinks'
import { costOf } from '../parts/facts'
import { Status } from '../parts/Status'
import { Took } from '../parts/Took'

const TaskAsk = lazy(() => import('./TaskAsk'))
const skippable = ['waiting', 'queued', 'failed']

/** One task of a plan: what it is to do, how it went, and what can be done with it. */
export function TaskPanel({ plan, task, onClose }: { plan: Plan; task: PlanTask; onClose: () => void }): ReactNode {
  const t = useT('plans')
  const { busy, task: door } = usePlanActs(plan)
  const titleOf = (key: string) => plan.tasks.find((other) => other.key === key)?.title ?? key
  const canSkip = !hasEnded(plan) && plan.status !== 'proposed' && skippable.includes(task.status)
  return (
    <section className="task-panel" aria-label={task.title}>
      <header className="row">
        <h2 className="runs-h2 grow">{task.title}</h2>
        <Status status={task.status} />
        <IconButton size="s" label={t('close')} icon={<X size={15} />} onClick={onClose} />
      </header>
      <Facts task={task} after={task.depends_on.map(titleOf)} />
      {task.instructions !== '' && <p className="task-text">{task.instructions}</p>}
      {task.status === 'asking' && task.run_id !== null && <Suspense><TaskAsk runId={task.run_id} /></Suspense>}
      {task.error !== null && <div className="notice notice-bad">{task.error}</div>}
      {task.summary !== null && task.summary !== '' && <><h3 className="small">{t('result')}</h3><p className="task-text">{task.summary}</p></>}
      <ArtifactLinks artifacts={task.artifacts} />
      <div className="row">
        {task.run_id !== null && <Link to={`/runs/${task.run_id}`} className="btn btn-s">{t('openRun')}</Link>}
        {task.status === 'failed' && <Button size="s" icon={<RotateCcw size={13} />} loading={busy === 'retry'} onClick={() => void door(task.key, 'retry')}>{t('retry')}</Button>}
        {canSkip && <Button size="s" icon={<SkipForward size={13} />} loading={busy === 'skip'} onClick={() => void door(task.key, 'skip')}>{t('skip')}</Button>}
      </div>
    </section>
  )
}

function Facts({ task, after }: { task: PlanTask; after: readonly string[] }): ReactNode {
  const t = useT('plans')
  const runs = useT('runs')
  const facts: [string, ReactNode][] = [
    [runs('agent'), <AgentName key="agent" name={task.agent} />], [runs('took'), <Took key="took" from={task.started_at} to={task.ended_at} />], [runs('cost'), costOf(task.cost_usd)],
    [runs('attempts'), t('attemptsOf', { n: task.attempts, most: task.max_attempts })], [t('onFailure'), t(`failure_${task.on_failure}`)],
    ...(after.length > 0 ? [[t('waitsFor'), after.join(', ')] as [string, ReactNode]] : []),
    ...(task.result_path ? [[t('resultFile'), <span key="path" className="mono">{task.result_path}</span>] as [string, ReactNode]] : []),
  ]
  return <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}

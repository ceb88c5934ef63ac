import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useHue } from '@/lib/useHue'
import { useT } from '@/i18n'
import { planQuery, type Plan, type TaskBody, type TaskStatus } from '@/lib/plan'
import { useNavigate, useSearch } from '@/lib/router'
import { TaskMark } from '@/plan/TaskMark'
import { TaskTime } from '@/plan/TaskTime'
import { Graph } from '../graph/Graph'
import { costOf } from '../parts/facts'
import { PlanActs } from './PlanActs'
import { PlanEditor } from './PlanEditor'
import { TaskPanel } from './TaskPanel'

/** The graph of a plan with what can be done with it, and the chosen task beside it; its editor while it is only proposed. */
export default function PlanBoard({ id }: { id: string }): ReactNode {
  return <Loaded query={useQuery(planQuery(id))}>{(plan) => <Board plan={plan} />}</Loaded>
}

function Board({ plan }: { plan: Plan }): ReactNode {
  const t = useT('plans')
  const [selected, setSelected] = useState<string | null>(null)
  const navigate = useNavigate()
  const isAsked = useSearch().edit === '1'
  const [editing, setEditing] = useState(isAsked)
  const close = () => { setEditing(false); if (isAsked) void navigate({ to: `/runs/plans/${plan.id}`, replace: true }) }
  const task = plan.tasks.find(({ key }) => key === selected)
  if (editing && plan.status === 'proposed') return <PlanEditor plan={plan} onClose={close} />
  return (
    <section className="stack" aria-label={t('plan')}>
      <PlanActs plan={plan} onEdit={() => setEditing(true)} />
      {plan.tasks.length > 0 && <PlanGraph tasks={plan.tasks} selected={selected} onSelect={(key) => setSelected(key === selected ? null : key)} />}
      {plan.tasks.length === 0 && plan.status === 'planning' && <p className="small muted" role="status">{t('planningNow')}</p>}
      {task ? <TaskPanel plan={plan} task={task} onClose={() => setSelected(null)} /> : plan.tasks.length > 0 && <p className="tiny muted">{t('graphHint')}</p>}
    </section>
  )
}

interface GraphProps<Task extends TaskBody> { tasks: readonly Task[]; selected: string | null; onSelect: (key: string) => void }

/** The graph by itself: of tasks that go, or of a draft whose tasks have no state yet. */
export function PlanGraph<Task extends TaskBody & { status?: TaskStatus }>({ tasks, selected, onSelect }: GraphProps<Task>): ReactNode {
  const t = useT('plans')
  const hue = useHue()
  return (
    <Graph label={t('graph')} nodes={tasks} selected={selected} onSelect={onSelect} lookOf={(task) => ({ status: task.status ?? 'waiting', hue: hue(task.agent) })}>
      {(task) => (
        <>
          <span className="node-title"><TaskMark status={task.status ?? 'waiting'} /><span>{task.title || t('untitledTask')}</span></span>
          <span className="node-facts"><span className="hue">{task.agent}</span><Facts task={task} /></span>
        </>
      )}
    </Graph>
  )
}

function Facts({ task }: { task: TaskBody & { status?: TaskStatus } }): ReactNode {
  if (task.status === undefined) return null
  const known = task as Plan['tasks'][number]
  return <>{Number(known.cost_usd ?? 0) > 0 && <span className="tabular">{costOf(known.cost_usd)}</span>}<TaskTime task={known} /></>
}

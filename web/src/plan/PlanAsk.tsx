import type { ReactNode } from 'react'
import Play from 'lucide-react/icons/play'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import type { Approval, Decision } from '@/lib/types'
import { Button, Kbd } from '@/ui'
import './plan.css'

interface Asked { plan_id?: string; goal?: string; tasks?: { key: string; title: string; agent: string }[] }

/** A proposed plan in the inbox: what it is for, who would do what, and the choice. */
export default function PlanAsk({ approval, busy, onDecide }: { approval: Approval; busy: boolean; onDecide: (decision: Decision) => void }): ReactNode {
  const t = useT('plans')
  const { plan_id: id = approval.tool_call_id, goal = '', tasks = [] } = approval.args as Asked
  return (
    <div className="plan-asked">
      <p className="pending-question">{goal}</p>
      <ol className="plan-asked-tasks">{tasks.map((task) => <li key={task.key}><span className="grow">{task.title}</span><AgentName name={task.agent} /></li>)}</ol>
      <div className="pending-do">
        <Button variant="primary" icon={<Play size={14} />} loading={busy} onClick={() => onDecide({ decision: 'approve' })}>{t('start')} <Kbd>A</Kbd></Button>
        <Button disabled={busy} onClick={() => onDecide({ decision: 'deny' })}>{t('reject')} <Kbd>D</Kbd></Button>
        <Link className="btn" to={`/runs/plans/${id}`} search={{ edit: '1' }}>{t('edit')}</Link>
      </div>
    </div>
  )
}

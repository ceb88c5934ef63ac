import type { ReactNode } from 'react'
import Pause from 'lucide-react/icons/pause'
import Pencil from 'lucide-react/icons/pencil'
import Play from 'lucide-react/icons/play'
import X from 'lucide-react/icons/x'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { hasEnded, planKey, type Plan } from '@/lib/plan'
import { usePlanActs } from '@/plan/usePlanActs'
import { Button, confirm } from '@/ui'
import { runs } from '../api/calls'
import { useAct } from '../parts/useAct'

/** What can be done with a plan as it stands. */
export function PlanActs({ plan, onEdit }: { plan: Plan; onEdit: () => void }): ReactNode {
  const t = useT('plans')
  const client = useQueryClient()
  const { busy, approve, reject, cancel } = usePlanActs(plan)
  const held = useAct<'pause' | 'resume'>()
  const { run_id: runId } = plan
  const hold = (name: 'pause' | 'resume') => void held.act(name, async () => {
    if (runId === null) return
    await (name === 'pause' ? runs.pause(runId, 'pause') : runs.resume(runId))
    await client.invalidateQueries({ queryKey: planKey(plan.id) })
  })
  const stop = async () => { if (await confirm({ title: t('cancelTitle'), detail: t('cancelText'), action: t('cancelPlan'), danger: true })) await cancel() }
  if (hasEnded(plan)) return null
  return (
    <div className="row plan-acts">
      {plan.status === 'proposed' && (
        <>
          <Button variant="primary" icon={<Play size={14} />} loading={busy === 'approve'} onClick={() => void approve()}>{t('start')}</Button>
          <Button icon={<Pencil size={14} />} disabled={busy !== null} onClick={onEdit}>{t('edit')}</Button>
          <Button icon={<X size={14} />} loading={busy === 'reject'} onClick={() => void reject()}>{t('reject')}</Button>
        </>
      )}
      {plan.status === 'running' && runId !== null && <Button icon={<Pause size={14} />} loading={held.busy === 'pause'} onClick={() => hold('pause')}>{t('pause')}</Button>}
      {plan.status === 'paused' && runId !== null && <Button variant="primary" icon={<Play size={14} />} loading={held.busy === 'resume'} onClick={() => hold('resume')}>{t('resume')}</Button>}
      {plan.status !== 'proposed' && <Button loading={busy === 'cancel'} onClick={() => void stop()}>{t('cancelPlan')}</Button>}
    </div>
  )
}

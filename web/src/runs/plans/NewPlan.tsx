import { useState, type FormEvent, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { planKey } from '@/lib/plan'
import { useNavigate } from '@/lib/router'
import { Button, Dialog, Field, Textarea } from '@/ui'
import { plans } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import { useAct } from '../parts/useAct'

/** Asks for a plan without a chat message: the goal is all that it needs. */
export function NewPlan({ onClose }: { onClose: () => void }): ReactNode {
  const t = useT('plans')
  const shell = useT('shell')
  const navigate = useNavigate()
  const client = useQueryClient()
  const refresh = useRefresh()
  const [goal, setGoal] = useState('')
  const { busy, act } = useAct<'plan'>()
  const send = (event: FormEvent) => {
    event.preventDefault()
    void act('plan', async () => {
      const plan = await plans.propose({ goal: goal.trim() })
      client.setQueryData(planKey(plan.id), plan)
      await refresh(keys.plans)
      await navigate({ to: `/runs/plans/${plan.id}` })
    })
  }
  return (
    <Dialog
      open title={t('newPlan')} description={t('newPlanLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form="new-plan" loading={busy !== null} disabled={goal.trim() === ''}>{t('makePlan')}</Button></>}
    >
      <form id="new-plan" onSubmit={send}>
        <Field label={t('goal')}>{(control) => <Textarea {...control} rows={4} value={goal} placeholder={t('goalExample')} onChange={(event) => setGoal(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}

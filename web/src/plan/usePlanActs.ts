import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { ApiError } from '@/lib/http'
import { planDoors, planKey, type Plan, type TaskBody } from '@/lib/plan'
import { toastError } from '@/ui/toast'

export type PlanAct = 'approve' | 'reject' | 'cancel' | 'change' | 'retry' | 'skip'

/** What can be done with a plan; the answer is shown at once. A plan that was changed meanwhile is asked for anew. */
export function usePlanActs(plan: Plan) {
  const client = useQueryClient()
  const [busy, setBusy] = useState<PlanAct | null>(null)
  const act = async (name: PlanAct, work: () => Promise<Plan>): Promise<Plan | null> => {
    setBusy(name)
    try {
      const next = await work()
      client.setQueryData(planKey(plan.id), next)
      await client.invalidateQueries({ queryKey: ['plans'] })
      return next
    } catch (error) {
      toastError(error)
      if (error instanceof ApiError && (error.status === 409 || error.status === 412)) await client.invalidateQueries({ queryKey: planKey(plan.id) })
      return null
    } finally {
      setBusy(null)
    }
  }
  return {
    busy,
    approve: (of: Plan = plan) => act('approve', () => planDoors.approve(of)),
    reject: () => act('reject', () => planDoors.reject(plan)),
    cancel: () => act('cancel', () => planDoors.cancel(plan)),
    change: (body: { goal?: string; tasks?: TaskBody[] }) => act('change', () => planDoors.change(plan, body)),
    task: (key: string, name: 'retry' | 'skip') => act(name, () => planDoors.task(plan, key, name)),
  }
}

import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { toast, toastError } from '@/ui'
import { keys, rulesQuery } from '../api/queries'
import { policy as door, type Policy, type PolicyBody } from '../api/rules'
import { bodyOf } from './form'

interface Chosen { policy: Policy | undefined; busy: boolean; /** False when it was refused. */ save: (change: Partial<PolicyBody>) => Promise<boolean> }

/** The person's policy; a change is saved at once, and refused when it was changed elsewhere meanwhile. */
export function usePolicy(): Chosen {
  const t = useT('tools')
  const client = useQueryClient()
  const kept = useQuery(rulesQuery).data
  const [busy, setBusy] = useState(false)
  const save = async (change: Partial<PolicyBody>): Promise<boolean> => {
    if (!kept) return false
    setBusy(true)
    try {
      client.setQueryData(keys.rules, await door.write({ ...bodyOf(kept.policy), ...change }, kept.etag))
      return true
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        toast({ tone: 'warn', title: t('changedElsewhere') })
        await client.invalidateQueries({ queryKey: keys.rules })
      } else toastError(error)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { policy: kept?.policy, busy, save }
}

import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { toast, toastError } from '@/ui'
import { changes, type Verdict } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Change } from '../api/types'
import { useDesk } from '../open/context'

/** Keeps or takes back what agents wrote. What somebody has changed since is shown anew instead of being judged unseen. */
export function useJudge(): { isBusy: boolean; judge: (verdict: Verdict, change: Change, hunks?: string[]) => Promise<void> } {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const client = useQueryClient()
  const refresh = useRefresh()
  const [isBusy, setBusy] = useState(false)
  const judge = async (verdict: Verdict, change: Change, hunks?: string[]) => {
    setBusy(true)
    try {
      const left = await changes.judge(desk.id, verdict, change, hunks)
      client.setQueryData<Change[]>(keys.changes(desk.id), (all) => all?.flatMap((item) => (item.path === change.path ? left.filter(({ path }) => path === change.path) : [item])))
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) toast({ tone: 'warn', title: t('movedOn'), detail: t('movedOnText') })
      else toastError(error)
    } finally {
      setBusy(false)
      await refresh(keys.changes(desk.id), keys.git(desk.id), keys.trees(desk.id))
    }
  }
  return { isBusy, judge }
}

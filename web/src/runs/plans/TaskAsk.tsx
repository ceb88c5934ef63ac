import { useState, type ReactNode } from 'react'
import { PendingCard } from '@/admin/approvals/PendingCard'
import { useDecide } from '@/admin/approvals/data'
import { useApprovals } from '@/lib/queries'
import type { Decision } from '@/lib/types'
import { toastError } from '@/ui'
import '@/admin/approvals/approvals.css'

/** What the run behind a task asks the person, where it can be decided. */
export default function TaskAsk({ runId }: { runId: string }): ReactNode {
  const approvals = (useApprovals().data ?? []).filter((approval) => approval.run_id === runId)
  const send = useDecide()
  const [busy, setBusy] = useState<string | null>(null)
  const decide = async (id: string, decision: Decision) => {
    setBusy(id)
    try { await send([id], decision) } catch (error) { toastError(error) }
    setBusy(null)
  }
  return <>{approvals.map((approval) => <PendingCard key={approval.id} approval={approval} busy={busy === approval.id} onDecide={(decision) => void decide(approval.id, decision)} />)}</>
}

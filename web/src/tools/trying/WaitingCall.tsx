import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useDecide } from '@/admin/approvals/data'
import { PendingCard } from '@/admin/approvals/PendingCard'
import '@/admin/approvals/approvals.css'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Approval, Decision } from '@/lib/types'
import { Button, ErrorState, toastError } from '@/ui'

const ask_ms = 2_000

interface Props { id: string; onApproved: () => void; onDrop: () => void }

/** The approval a call waits for, decided here or anywhere else; once it is approved the call goes on by itself. */
export default function WaitingCall({ id, onApproved, onDrop }: Props): ReactNode {
  const t = useT('tools')
  const [busy, setBusy] = useState(false)
  const decide = useDecide()
  const query = useQuery({
    queryKey: [...keys.approvals, id], queryFn: ({ signal }) => api.get<Approval>(`/my/approvals/${id}`, undefined, { signal }), refetchInterval: ({ state }) => (state.data?.status === 'pending' || !state.data ? ask_ms : false), staleTime: 0,
  })
  const approval = query.data
  const status = approval?.status
  const latest = useRef(onApproved)
  useEffect(() => { latest.current = onApproved })
  useEffect(() => { if (status === 'approved') latest.current() }, [status])
  const run = async (decision: Decision): Promise<void> => {
    setBusy(true)
    await decide([id], decision).catch(toastError)
    setBusy(false)
  }
  if (query.isError && !approval) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!approval || approval.status === 'approved') return null
  if (approval.status !== 'pending') return <div className="notice notice-warn" role="status">{t(`ended_${approval.status === 'expired' || approval.status === 'cancelled' ? approval.status : 'denied'}`)}{approval.reason ? ` ${approval.reason}` : ''}</div>
  return (
    <div className="stack">
      <p className="small" role="status">{t('mustApprove')}</p>
      <PendingCard approval={approval} busy={busy} ticked={false} onDecide={(decision) => void run(decision)} />
      <div><Button size="s" variant="ghost" onClick={onDrop}>{t('dropCall')}</Button></div>
    </div>
  )
}

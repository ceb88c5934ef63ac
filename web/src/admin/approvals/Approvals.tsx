import { type ReactNode, useState } from 'react'
import CircleCheck from 'lucide-react/icons/circle-check'
import { useT } from '@/i18n'
import type { Approval, Decision } from '@/lib/types'
import { Button, EmptyState, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Loaded } from '../parts/Loaded'
import { Page } from '../parts/Page'
import { useApprovalList, useDecide } from './data'
import { DecidedList } from './DecidedList'
import { PendingCard } from './PendingCard'
import './approvals.css'

export function Approvals(): ReactNode {
  const t = useT('admin')
  const [pending, setPending] = useState(true)
  const list = useApprovalList(pending)
  return (
    <Page
      title={t('approvals')}
      lead={t('approvalsLead')}
      actions={
        <Segments
          label={t('show')}
          value={pending ? 'pending' : 'decided'}
          onChange={(value) => setPending(value === 'pending')}
          options={[
            { value: 'pending', label: t('pending') },
            { value: 'decided', label: t('decided') },
          ]}
        />
      }
    >
      <Loaded query={list}>{(items) => (pending ? <Inbox items={items} /> : <DecidedList items={items} />)}</Loaded>
    </Page>
  )
}

function Inbox({ items }: { items: Approval[] }): ReactNode {
  const t = useT('admin')
  const decide = useDecide()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const tickable = items.filter((item) => item.kind === 'approval').map((item) => item.id)
  const chosen = tickable.filter((id) => ticked.has(id))

  const run = async (ids: readonly string[], decision: Decision): Promise<void> => {
    setBusy(new Set(ids))
    try {
      const { late } = await decide(ids, decision)
      if (late > 0) toast({ title: t('decidedLate', { n: late }) })
      setTicked(new Set([...ticked].filter((id) => !ids.includes(id))))
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(new Set())
    }
  }
  const tick = (id: string): void => {
    const next = new Set(ticked)
    if (!next.delete(id)) next.add(id)
    setTicked(next)
  }

  if (items.length === 0)
    return (
      <EmptyState icon={<CircleCheck size={20} />} title={t('approvalsEmpty')}>
        <p>{t('approvalsEmptyDetail')}</p>
      </EmptyState>
    )
  return (
    <div className="stack">
      {tickable.length > 1 && (
        <BulkBar
          all={tickable}
          chosen={chosen}
          onAll={(on) => setTicked(new Set(on ? tickable : []))}
          busy={busy.size > 0}
          onDecide={(decision) => void run(chosen, { decision })}
        />
      )}
      {items.map((item) => (
        <PendingCard
          key={item.id}
          approval={item}
          busy={busy.has(item.id)}
          ticked={ticked.has(item.id)}
          {...(tickable.length > 1 && { onTick: () => tick(item.id) })}
          onDecide={(decision) => void run([item.id], decision)}
        />
      ))}
    </div>
  )
}

interface BulkProps {
  all: string[]
  chosen: string[]
  busy: boolean
  onAll: (on: boolean) => void
  onDecide: (decision: 'approve' | 'deny') => void
}

function BulkBar({ all, chosen, busy, onAll, onDecide }: BulkProps): ReactNode {
  const t = useT('admin')
  const some = chosen.length > 0
  return (
    <div className="bulk">
      <label className="bulk-all">
        <input
          type="checkbox"
          checked={chosen.length === all.length}
          onChange={(event) => onAll(event.target.checked)}
          ref={(box) => {
            if (box) box.indeterminate = some && chosen.length < all.length
          }}
        />
        {some ? t('ticked', { n: chosen.length }) : t('tickAll')}
      </label>
      <span className="grow" />
      <Button size="s" disabled={!some} loading={busy && some} onClick={() => onDecide('approve')}>
        {t('approveTicked')}
      </Button>
      <Button size="s" disabled={!some || busy} onClick={() => onDecide('deny')}>
        {t('denyTicked')}
      </Button>
    </div>
  )
}

import { lazy, Suspense, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import type { Approval, Decision } from '@/lib/types'
import { remembered, type Memory } from '@/tools/form/remember'
import { Button, Input, Kbd } from '@/ui'
import { argsText } from './args'
import { agentOf, canRemember, sourceOf } from './sources'
import { useSourceName } from './useSourceName'

const EditArgs = lazy(() => import('@/tools/form/EditArgs'))
const Remember = lazy(() => import('@/tools/form/Remember'))

interface Props {
  approval: Approval
  busy: boolean
  editing: boolean
  onEdit: (on: boolean) => void
  onDecide: (decision: Decision) => void
}

/** A call that waits for a yes: its arguments, which may be edited, and what to do with it. */
export function Permission({ approval, busy, editing, onEdit, onDecide }: Props): ReactNode {
  const t = useT('admin')
  const [memory, setMemory] = useState<Memory>('once')
  const nameOf = useSourceName()
  const approve = (args?: Record<string, unknown>) => onDecide({ decision: 'approve', ...(args && { args }), ...remembered(memory, approval.tool) })
  return (
    <>
      {approval.question !== null && <p className="pending-question">{approval.question}</p>}
      {editing ? (
        <Suspense fallback={null}>
          <EditArgs tool={approval.tool} args={approval.args} busy={busy} label={t('approveEdited')} onDone={approve} onCancel={() => onEdit(false)} />
        </Suspense>
      ) : (
        <pre className="pending-args" tabIndex={0} role="group" aria-label={t('args')}>
          {argsText(approval.args) || t('argsNone')}
        </pre>
      )}
      {!editing && <Choices busy={busy} onApprove={() => approve()} onEdit={() => onEdit(true)} onDeny={(reason) => onDecide({ decision: 'deny', ...(reason && { reason }) })} />}
      {canRemember(approval) && <Suspense fallback={null}><Remember tool={approval.tool} who={agentOf(approval) ?? nameOf(sourceOf(approval))} value={memory} onChange={setMemory} /></Suspense>}
    </>
  )
}

interface ChoicesProps { busy: boolean; onApprove: () => void; onEdit: () => void; onDeny: (reason: string) => void }

function Choices({ busy, onApprove, onEdit, onDeny }: ChoicesProps): ReactNode {
  const t = useT('admin')
  const [reason, setReason] = useState<string | null>(null)
  return (
    <form className="pending-do" onSubmit={(event) => { event.preventDefault(); onDeny((reason ?? '').trim()) }}>
      <Button variant="primary" loading={busy} onClick={onApprove}>
        {t('approve')} <Kbd>A</Kbd>
      </Button>
      <Button type="submit" disabled={busy}>
        {t('denyThis')} <Kbd>D</Kbd>
      </Button>
      <Button disabled={busy} onClick={onEdit}>
        {t('edit')} <Kbd>E</Kbd>
      </Button>
      {reason === null ? (
        <Button variant="ghost" disabled={busy} onClick={() => setReason('')}>{t('sayWhy')}</Button>
      ) : (
        <Input className="pending-why" autoFocus aria-label={t('whyDenied')} placeholder={t('whyDenied')} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
      )}
    </form>
  )
}

import { lazy, Suspense, useEffect, useRef, useState, type RefObject } from 'react'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import type { Approval, Decision } from '@/lib/types'
import { remembered, type Memory } from '@/tools/form/remember'
import { Badge, Button, Kbd, toast, toastError } from '@/ui'
import { useChat } from './context'
import { useHue } from '@/lib/useHue'
import { QuestionCard } from './QuestionCard'
import { argsText } from './ToolDetail'

const EditArgs = lazy(() => import('@/tools/form/EditArgs'))
const Remember = lazy(() => import('@/tools/form/Remember'))

/** Asks the person: may this call run, or (for a question) what the answer is. */
export default function ApprovalCard({ approval }: { approval: Approval }) {
  const t = useT('chat')
  const { store } = useChat()
  const [busy, setBusy] = useState(false)
  const decide = async (decision: Decision) => {
    setBusy(true)
    try {
      store.putApprovals([await api.post<Approval>(`/my/approvals/${approval.id}/decide`, decision)])
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) { toast({ title: t('decided') }); void store.load() }
      else toastError(error)
      setBusy(false)
    }
  }
  if (approval.kind === 'question') return <QuestionCard approval={approval} busy={busy} onAnswer={(answer) => void decide({ decision: 'answer', answer })} />
  return <Permission approval={approval} busy={busy} onDecide={(decision) => void decide(decision)} />
}

interface PermissionProps { approval: Approval; busy: boolean; onDecide: (decision: Decision) => void }

function Permission({ approval, busy, onDecide }: PermissionProps) {
  const t = useT('chat')
  const hue = useHue()
  const [editing, setEditing] = useState(false)
  const [memory, setMemory] = useState<Memory>('once')
  const approve = (args?: Record<string, unknown>) => onDecide({ decision: 'approve', ...(args && { args }), ...remembered(memory, approval.tool) })
  const deny = () => onDecide({ decision: 'deny' })
  const card = useRef<HTMLElement>(null)
  useDecisionKeys(card, !busy && !editing, { KeyA: () => approve(), KeyD: deny, KeyE: () => setEditing(true) })
  return (
    <section ref={card} className="ask" data-ask aria-label={`${approval.agent} ${t('wants', { tool: approval.tool })}`}>
      <div className="ask-title">
        <span><b className="hue" style={{ '--h': hue(approval.agent) }}>{approval.agent}</b> {t('wants', { tool: approval.tool })}</span>
        {approval.risk !== 'low' && <Badge tone={approval.risk === 'high' ? 'bad' : 'warn'}>{approval.risk === 'high' ? t('riskHigh') : t('riskMedium')}</Badge>}
      </div>
      {editing
        ? <Suspense><EditArgs tool={approval.tool} args={approval.args} busy={busy} label={t('approveEdited')} onDone={approve} onCancel={() => setEditing(false)} /></Suspense>
        : <pre tabIndex={0} role="group" aria-label={t('args')}>{argsText(approval.args)}</pre>}
      <div className="ask-do">
        {!editing && (
          <>
            <Button variant="primary" loading={busy} onClick={() => approve()}>{t('approve')} <Kbd>A</Kbd></Button>
            <Button disabled={busy} onClick={deny}>{t('deny')} <Kbd>D</Kbd></Button>
            <Button disabled={busy} onClick={() => setEditing(true)}>{t('editArgs')} <Kbd>E</Kbd></Button>
          </>
        )}
        <Suspense><Remember tool={approval.tool} who={approval.agent} value={memory} onChange={setMemory} /></Suspense>
      </div>
    </section>
  )
}

/** The card that the keys are for: the first one that is in view. */
function firstShown(): Element | undefined {
  return [...document.querySelectorAll('[data-ask]')].find((card) => {
    const { top, bottom } = card.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  })
}

/** A and D decide, E edits, from anywhere but a text field; with Alt from there too. */
function useDecisionKeys(card: RefObject<HTMLElement | null>, active: boolean, acts: Record<string, () => void>): void {
  useEffect(() => {
    if (!active) return
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.defaultPrevented) return
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
      if ((isTyping && !event.altKey) || document.querySelector('dialog[open]') || firstShown() !== card.current) return
      const act = acts[event.code]
      if (!act) return
      event.preventDefault()
      event.stopImmediatePropagation()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

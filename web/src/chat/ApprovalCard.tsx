import { useEffect, useRef, useState, type RefObject } from 'react'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import type { Approval, Decision } from '@/lib/types'
import { Badge, Button, Kbd, toast, toastError } from '@/ui'
import { useChat, useHue } from './context'
import { QuestionCard } from './QuestionCard'
import { argsText } from './ToolDetail'

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
  const [draft, setDraft] = useState<string | null>(null)
  const [bad, setBad] = useState(false)
  const [remember, setRemember] = useState(false)
  const approve = () => {
    const args = draft === null ? null : parseArgs(draft)
    if (draft !== null && args === null) { setBad(true); return }
    onDecide({ decision: 'approve', ...(args ? { args } : {}), ...(remember ? { remember } : {}) })
  }
  const deny = () => onDecide({ decision: 'deny' })
  const card = useRef<HTMLElement>(null)
  useDecisionKeys(card, !busy && draft === null, approve, deny)
  return (
    <section ref={card} className="ask" data-ask aria-label={`${approval.agent} ${t('wants', { tool: approval.tool })}`}>
      <div className="ask-title">
        <span><b className="hue" style={{ '--h': hue(approval.agent) }}>{approval.agent}</b> {t('wants', { tool: approval.tool })}</span>
        {approval.risk !== 'low' && <Badge tone={approval.risk === 'high' ? 'bad' : 'warn'}>{approval.risk === 'high' ? t('riskHigh') : t('riskMedium')}</Badge>}
      </div>
      {draft === null
        ? <pre tabIndex={0} role="group" aria-label={t('args')}>{argsText(approval.args)}</pre>
        : (
          <textarea
            className="input mono" rows={Math.min(14, draft.split('\n').length + 1)} aria-label={t('argsEdit')} aria-invalid={bad || undefined}
            value={draft} autoFocus onChange={(event) => { setDraft(event.target.value); setBad(false) }}
          />
        )}
      {bad && <p className="field-error" role="alert">{t('argsBad')}</p>}
      <div className="ask-do">
        <Button variant="primary" loading={busy} onClick={approve}>{t('approve')} <Kbd>A</Kbd></Button>
        <Button disabled={busy} onClick={deny}>{t('deny')} <Kbd>D</Kbd></Button>
        <Button disabled={busy} onClick={() => setDraft(draft === null ? JSON.stringify(approval.args, null, 2) : null)}>{draft === null ? t('editArgs') : t('cancel')}</Button>
        <label className="ask-always"><input type="checkbox" checked={remember} onChange={(event) => setRemember(event.target.checked)} />{t('always')}</label>
      </div>
    </section>
  )
}

function parseArgs(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Record<string, unknown> : null
  } catch { return null }
}

/** The card that the keys are for: the first one that is in view. */
function firstShown(): Element | undefined {
  return [...document.querySelectorAll('[data-ask]')].find((card) => {
    const { top, bottom } = card.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  })
}

/** A and D decide from anywhere but a text field; with Alt from there too. */
function useDecisionKeys(card: RefObject<HTMLElement | null>, active: boolean, approve: () => void, deny: () => void): void {
  useEffect(() => {
    if (!active) return
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.defaultPrevented) return
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
      if ((isTyping && !event.altKey) || document.querySelector('dialog[open]') || firstShown() !== card.current) return
      const act = event.code === 'KeyA' ? approve : event.code === 'KeyD' ? deny : null
      if (!act) return
      event.preventDefault()
      event.stopImmediatePropagation()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

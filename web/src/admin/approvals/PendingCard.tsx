import { Link } from '@/lib/router'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import MessageSquare from 'lucide-react/icons/message-square'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import type { Approval, Decision } from '@/lib/types'
import { Badge, Button, Input, Kbd, Textarea } from '@/ui'
import { AgentName } from '../parts/AgentName'
import { argsText, parseArgs } from './args'

const RISK_TONE = { low: undefined, medium: 'warn', high: 'bad' } as const

interface Props {
  approval: Approval
  busy: boolean
  ticked: boolean
  /** Absent when there is nothing to choose among. */
  onTick?: () => void
  onDecide: (decision: Decision) => void
}

/** One thing that waits: who wants what, with what, and the ways to decide. A and D decide while the card has the focus. */
export function PendingCard({ approval, busy, ticked, onTick, onDecide }: Props): ReactNode {
  const t = useT('admin')
  const question = approval.kind === 'question'
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || busy || question) return
    if (event.code === 'KeyA') onDecide({ decision: 'approve' })
    else if (event.code === 'KeyD') onDecide({ decision: 'deny' })
  }
  return (
    <article
      className={`pending pending-${question ? 'question' : approval.risk}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      aria-label={
        question ? t('asksYou', { agent: approval.agent }) : t('wantsTo', { agent: approval.agent, tool: approval.tool })
      }
    >
      <header className="pending-head">
        {onTick && !question && (
          <input type="checkbox" checked={ticked} onChange={onTick} aria-label={t('tick', { tool: approval.tool })} />
        )}
        <AgentName name={approval.agent} />
        {approval.app !== null && approval.app !== approval.agent && <Badge>{approval.app}</Badge>}
        <span className="grow small">
          {question ? (
            t('asksQuestion')
          ) : (
            <>
              {t('wants')} <span className="mono">{approval.tool}</span>
            </>
          )}
        </span>
        {!question && (
          <Badge {...(RISK_TONE[approval.risk] && { tone: RISK_TONE[approval.risk] })}>{t(`risk_${approval.risk}`)}</Badge>
        )}
        <span className="tiny faint" title={t('expiresAt', { when: dateTime(approval.expires_at) })}>
          {ago(approval.created_at)}
        </span>
        <Origin approval={approval} />
      </header>
      {question ? (
        <Question approval={approval} busy={busy} onDecide={onDecide} />
      ) : (
        <Permission approval={approval} busy={busy} onDecide={onDecide} />
      )}
    </article>
  )
}

/** The way to where it was asked: the chat, or the session of an outside agent. */
function Origin({ approval }: { approval: Approval }): ReactNode {
  const t = useT('admin')
  const outside = approval.app !== null && approval.session_id !== null
  const label = outside ? t('toSession') : t('toChat')
  const to = outside
    ? `/observe/sessions/${encodeURIComponent(approval.app ?? '')}/${encodeURIComponent(approval.session_id ?? '')}`
    : `/chat/${approval.chat_id}`
  return (
    <Link to={to} className="icon-btn icon-btn-s" aria-label={label} data-tip={label}>
      {outside ? <SquareTerminal size={15} aria-hidden /> : <MessageSquare size={15} aria-hidden />}
    </Link>
  )
}

type DecideProps = Pick<Props, 'approval' | 'busy' | 'onDecide'>

function Permission({ approval, busy, onDecide }: DecideProps): ReactNode {
  const t = useT('admin')
  const [draft, setDraft] = useState<string | null>(null)
  const [remember, setRemember] = useState(false)
  const edited = draft === null ? null : parseArgs(draft)
  const broken = draft !== null && edited === null
  return (
    <>
      {approval.question !== null && <p className="pending-question">{approval.question}</p>}
      {draft === null ? (
        <pre className="pending-args" tabIndex={0} role="region" aria-label={t('args')}>
          {argsText(approval.args) || t('argsNone')}
        </pre>
      ) : (
        <Textarea
          className="mono"
          aria-label={t('args')}
          aria-invalid={broken || undefined}
          rows={Math.min(16, draft.split('\n').length + 1)}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          autoFocus
          spellCheck={false}
        />
      )}
      {broken && (
        <p className="field-error" role="alert">
          {t('argsBroken')}
        </p>
      )}
      <div className="pending-do">
        <Button
          variant="primary"
          loading={busy}
          disabled={broken}
          onClick={() => onDecide({ decision: 'approve', ...(edited && { args: edited }), ...(remember && { remember }) })}
        >
          {t('approve')} <Kbd>A</Kbd>
        </Button>
        <Button disabled={busy} onClick={() => onDecide({ decision: 'deny' })}>
          {t('denyThis')} <Kbd>D</Kbd>
        </Button>
        <Button disabled={busy} onClick={() => setDraft(draft === null ? JSON.stringify(approval.args, null, 2) : null)}>
          {draft === null ? t('edit') : t('cancel')}
        </Button>
        {approval.app === null && (
          <label className="pending-always">
            <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.target.checked)} />
            {t('always')}
          </label>
        )}
      </div>
    </>
  )
}

function Question({ approval, busy, onDecide }: DecideProps): ReactNode {
  const t = useT('admin')
  const [text, setText] = useState('')
  const answer = (said: string): void => onDecide({ decision: 'answer', answer: said })
  return (
    <>
      <p className="pending-question">{approval.question}</p>
      {approval.options.length > 0 && (
        <div className="pending-do">
          {approval.options.map((option) => (
            <Button key={option} disabled={busy} onClick={() => answer(option)}>
              {option}
            </Button>
          ))}
        </div>
      )}
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim()) answer(text.trim())
        }}
      >
        <Input
          aria-label={t('answerOwn')}
          placeholder={t('answerOwn')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" loading={busy} disabled={text.trim() === ''}>
          {t('answer')}
        </Button>
      </form>
    </>
  )
}

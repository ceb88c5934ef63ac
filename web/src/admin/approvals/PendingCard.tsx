import { lazy, Suspense, type ReactNode, useState } from 'react'
import MessageSquare from 'lucide-react/icons/message-square'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { Link } from '@/lib/router'
import type { Approval, Decision } from '@/lib/types'
import { Badge } from '@/ui'
import { AgentName } from '../parts/AgentName'
import { Countdown } from './Countdown'
import { Permission } from './Permission'
import { Question } from './Question'
import { agentOf, placeOf, sourceOf } from './sources'
import { useSourceName } from './useSourceName'

const PlanAsk = lazy(() => import('@/plan/PlanAsk'))
const RISK_TONE = { low: undefined, medium: 'warn', high: 'bad' } as const

interface Props {
  approval: Approval
  busy: boolean
  ticked?: boolean
  /** The keys are for this one. */
  active?: boolean
  /** Given by whoever keeps which card is being edited; without, the card keeps it itself. */
  editing?: boolean
  onEdit?: (on: boolean) => void
  onFocus?: () => void
  /** Absent when there is nothing to choose among. */
  onTick?: () => void
  onDecide: (decision: Decision) => void
}

/** One thing that waits: who wants what, with what, how long it waits, and the ways to decide. */
export function PendingCard({ approval, busy, ticked = false, active = false, editing, onEdit, onFocus, onTick, onDecide }: Props): ReactNode {
  const t = useT('admin')
  const [own, setOwn] = useState(false)
  const nameOf = useSourceName()
  const who = agentOf(approval) ?? nameOf(sourceOf(approval))
  const question = approval.kind === 'question'
  const isPlan = approval.kind === 'plan'
  return (
    <article
      id={`approval-${approval.id}`}
      className={`pending pending-${question ? 'question' : approval.risk}${active ? ' pending-active' : ''}`}
      tabIndex={0}
      onFocus={onFocus}
      aria-label={
        isPlan ? t('proposesPlan') : question ? t('asksYou', { agent: who }) : t('wantsTo', { agent: who, tool: approval.tool })
      }
    >
      <header className="pending-head">
        {onTick && !question && !isPlan && (
          <input type="checkbox" checked={ticked} onChange={onTick} aria-label={t('tick', { tool: approval.tool })} />
        )}
        <Who approval={approval} />
        <span className="grow small">
          {isPlan ? (
            t('proposesPlan')
          ) : question ? (
            t('asksQuestion')
          ) : (
            <>
              {t('wants')} <span className="mono">{approval.tool}</span>
            </>
          )}
        </span>
        {!question && !isPlan && (
          <Badge {...(RISK_TONE[approval.risk] && { tone: RISK_TONE[approval.risk] })}>{t(`risk_${approval.risk}`)}</Badge>
        )}
        <span className="tiny faint nowrap">{ago(approval.created_at)}</span>
        <Countdown until={approval.expires_at} />
        <Origin approval={approval} />
      </header>
      {isPlan ? (
        <Suspense><PlanAsk approval={approval} busy={busy} onDecide={onDecide} /></Suspense>
      ) : question ? (
        <Question approval={approval} busy={busy} onDecide={onDecide} />
      ) : (
        <Permission approval={approval} busy={busy} editing={editing ?? own} onEdit={onEdit ?? setOwn} onDecide={onDecide} />
      )}
    </article>
  )
}

/** The agent, and where it works when that is not one's own team. */
function Who({ approval }: { approval: Approval }): ReactNode {
  const nameOf = useSourceName()
  const source = sourceOf(approval)
  const agent = agentOf(approval)
  if (agent === null) return <AgentName name={nameOf(source)} />
  return <><AgentName name={agent} />{approval.app !== null && <Badge>{nameOf(source)}</Badge>}</>
}

/** The way to where it was asked: the chat, or the session of an outside agent. */
function Origin({ approval }: { approval: Approval }): ReactNode {
  const t = useT('admin')
  const place = placeOf(approval)
  if (!place) return null
  const label = place.isSession ? t('toSession') : t('toChat')
  return (
    <Link to={place.to} className="icon-btn icon-btn-s" aria-label={label} data-tip={label}>
      {place.isSession ? <SquareTerminal size={15} aria-hidden /> : <MessageSquare size={15} aria-hidden />}
    </Link>
  )
}

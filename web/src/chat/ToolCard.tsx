import { lazy, Suspense, useEffect, useState } from 'react'
import Ban from 'lucide-react/icons/ban'
import Check from 'lucide-react/icons/check'
import ChevronRight from 'lucide-react/icons/chevron-right'
import CircleStop from 'lucide-react/icons/circle-stop'
import Hand from 'lucide-react/icons/hand'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import type { CallStatus, Message, ToolCallPart } from '@/lib/types'
import { ArtifactChip } from './ArtifactChip'
import { ChildRun } from './ChildRun'
import { useApproval } from './context'
import { summaryOf } from './summary'
import { ToolDetail } from './ToolDetail'

const ApprovalCard = lazy(() => import('./ApprovalCard'))

const marks: Record<CallStatus, React.ReactNode> = {
  running: <span className="pulse tone-accent" />,
  waiting: <Hand size={14} className="tone-warn" />,
  ok: <Check size={14} className="tone-ok" />,
  failed: <X size={14} className="tone-bad" />,
  denied: <Ban size={14} className="tone-warn" />,
  cancelled: <CircleStop size={14} className="faint" />,
}

export function ToolCard({ part, message }: { part: ToolCallPart; message: Message }) {
  const t = useT('chat')
  const [open, setOpen] = useState(false)
  const approval = useApproval(message, part.approval_id)
  const words: Record<CallStatus, string> = { running: t('running'), waiting: t('waitsForYou'), ok: t('ok'), failed: t('failed'), denied: t('denied'), cancelled: t('cancelled') }
  const isAsked = part.status === 'waiting' && approval?.status === 'pending'
  return (
    <div className="tool-group">
      <div className={`tool ${open ? 'open' : ''}`} data-status={part.status}>
        <button type="button" className="tool-head" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="tool-mark" aria-hidden="true">{marks[part.status]}</span>
          <span className="tool-name">{part.tool}</span>
          <span className="cut muted grow">{part.child ? `@${part.child.agent} ${summaryOf(part.args)}` : summaryOf(part.args)}</span>
          <span className={`tool-facts ${part.status === 'waiting' ? 'tone-warn' : ''}`}>
            {part.status === 'running' ? <Elapsed since={part.started_at} /> : part.status === 'ok' && part.duration_ms !== null ? duration(part.duration_ms) : words[part.status]}
            <span className="sr-only">{words[part.status]}</span>
          </span>
          <ChevronRight size={14} className="tool-fold" aria-hidden />
        </button>
        {open && <ToolDetail part={part} />}
      </div>
      {part.child && part.status !== 'waiting' && <ChildRun child={part.child} forceOpen={open} live={part.status === 'running'} />}
      {isAsked && <Suspense><ApprovalCard approval={approval} /></Suspense>}
      {part.artifacts.length > 0 && <div className="chips">{part.artifacts.map((artifact) => <ArtifactChip key={`${artifact.id}@${artifact.version}`} artifact={artifact} />)}</div>}
    </div>
  )
}

/** Time since the call began, counting up each second. */
function Elapsed({ since }: { since: string }) {
  const began = new Date(since).getTime()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.floor((now - began) / 1000))
  return <span className="tabular" aria-hidden="true">{`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`}</span>
}

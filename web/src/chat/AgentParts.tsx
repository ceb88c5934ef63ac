import { lazy, memo, Suspense } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import CornerDownRight from 'lucide-react/icons/corner-down-right'
import { useT } from '@/i18n'
import type { Message, Part } from '@/lib/types'
import { AttachmentChip } from './AttachmentChip'
import { Given } from './inline'
import { Markdown } from './Markdown'
import { ToolCard } from './ToolCard'

const DataCard = lazy(() => import('@/answers/DataCard'))
const SummaryMark = lazy(() => import('@/answers/SummaryMark'))
const Recalled = lazy(() => import('@/answers/Recalled'))
const PlanCard = lazy(() => import('@/plan/PlanCard'))

/** What an agent wrote and did, in order. */
export function AgentParts({ message }: { message: Message }) {
  const t = useT('chat')
  const live = message.status === 'streaming'
  const last = message.parts.length - 1
  const isQuiet = live && (last < 0 || (message.parts[last]?.type === 'tool_call' && message.parts[last].status !== 'running'))
  const [first] = message.parts
  return (
    <div className="parts">
      <Given value={first?.type === 'context' ? first.items.length : 0}>{message.parts.map((part, index) => <PartView key={index} part={part} message={part.type === 'tool_call' ? message : null} chatId={message.chat_id} live={live && index === last} />)}</Given>
      {isQuiet && <div className="thinking" aria-hidden="true"><i /><i /><i /><span className="sr-only">{t('thinking')}</span></div>}
    </div>
  )
}

interface PartProps { part: Part; message: Message | null; chatId: string; live: boolean }

const PartView = memo(function PartView({ part, message, chatId, live }: PartProps) {
  switch (part.type) {
    case 'text': return part.text === '' ? null : <Markdown text={part.text} live={live} />
    case 'reasoning': return <Reasoning text={part.text} live={live} />
    case 'attachment': return <AttachmentChip chatId={chatId} part={part} />
    case 'tool_call': return message && <ToolCard part={part} message={message} />
    case 'data': return <Suspense><DataCard title={part.title} value={part.value} /></Suspense>
    case 'summary': return <Suspense><SummaryMark part={part} /></Suspense>
    case 'plan': return <Suspense><PlanCard id={part.plan_id} goal={part.goal} /></Suspense>
    case 'context': return <Suspense><Recalled part={part} /></Suspense>
    case 'note': return <Note text={part.text} />
    default: return null
  }
}, (before, now) => before.part === now.part && before.live === now.live && before.message?.status === now.message?.status)

/** What the person added on the way. */
function Note({ text }: { text: string }) {
  const t = useT('chat')
  return <div className="note" role="note" aria-label={t('noteFrom')}><CornerDownRight size={14} aria-hidden /><span>{text}</span></div>
}

function Reasoning({ text, live }: { text: string; live: boolean }) {
  const t = useT('chat')
  return (
    <details className="reasoning">
      <summary><ChevronRight size={14} aria-hidden /><span>{live ? t('thinking') : t('thought')}</span>{live && <span className="spinner" aria-hidden="true" />}</summary>
      <div className="reasoning-text">{text}</div>
    </details>
  )
}

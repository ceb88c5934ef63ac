import { lazy } from 'react'
import ExternalLink from 'lucide-react/icons/external-link'
import Paperclip from 'lucide-react/icons/paperclip'
import Wrench from 'lucide-react/icons/wrench'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { SharedArtifact, SharedCall, SharedMessage, SharedPart } from './data'

const Markdown = lazy(() => import('@/chat/Markdown').then((module) => ({ default: module.Markdown })))
const DataCard = lazy(() => import('@/answers/DataCard'))

/** One message of a shared conversation. */
export function SharedMessageView({ message }: { message: SharedMessage }) {
  const t = useT('share')
  const isUser = message.role === 'user'
  return (
    <article className={isUser ? 'shared-you' : 'shared-turn'} aria-label={isUser ? t('person') : message.agent ?? t('agent')}>
      {!isUser && <header className="shared-who"><b>{message.agent ?? t('agent')}</b></header>}
      <div className="shared-parts">{message.parts.map((part, index) => <PartView key={index} part={part} isUser={isUser} />)}</div>
    </article>
  )
}

function PartView({ part, isUser }: { part: SharedPart; isUser: boolean }) {
  switch (part.type) {
    case 'text': return isUser ? <p className="shared-said">{part.text}</p> : <Markdown text={part.text} />
    case 'data': return <DataCard title={part.title} value={part.value} />
    case 'attachment': return <span className="shared-chip"><Paperclip size={14} aria-hidden />{part.name}<span className="faint tiny">{bytes(part.size)}</span></span>
    case 'tool_call': return <Call call={part} />
    default: return null
  }
}

function Call({ call }: { call: SharedCall }) {
  const t = useT('share')
  return (
    <div className="shared-call">
      <span className="tiny muted"><Wrench size={12} aria-hidden /> {call.status === 'ok' ? call.tool : t('callFailed', { tool: call.tool })}</span>
      {call.artifacts.map((artifact) => <Result key={`${artifact.id}@${artifact.version}`} artifact={artifact} />)}
    </div>
  )
}

/** A result: pictures and pages where they stand, everything else behind its link. */
function Result({ artifact }: { artifact: SharedArtifact }) {
  const t = useT('share')
  return (
    <figure className="shared-result">
      {artifact.type === 'image' && <img src={artifact.content_url} alt={artifact.title} loading="lazy" />}
      {artifact.type === 'web' && <iframe src={artifact.content_url} title={artifact.title} sandbox="allow-scripts" loading="lazy" />}
      <figcaption>
        <a href={artifact.content_url} target="_blank" rel="noopener noreferrer">{artifact.title}<ExternalLink size={13} aria-hidden /><span className="sr-only"> {t('opensTab')}</span></a>
        <span className="faint tiny">{artifact.type}</span>
      </figcaption>
    </figure>
  )
}

import { lazy, memo, Suspense } from 'react'
import Play from 'lucide-react/icons/play'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import type { Message } from '@/lib/types'
import { AgentParts } from './AgentParts'
import { useMessage } from './context'
import { useHue } from '@/lib/useHue'
import { isLive } from './fold'
import { RunProblem } from './RunProblem'
import { AgentActions } from './AgentActions'
import { useSend } from './useSend'
import { UserMessage } from './UserMessage'
import { Button } from '@/ui'

const Routed = lazy(() => import('./turn/Routed'))

/** One row of the talk; it hears of changes to its own message only. */
export const MessageRow = memo(function MessageRow({ id }: { id: string }) {
  const message = useMessage(id)
  if (!message) return null
  return message.role === 'user' ? <UserMessage message={message} /> : <AgentMessage message={message} />
})

function AgentMessage({ message }: { message: Message }) {
  const t = useT('chat')
  const hue = useHue()
  const agent = message.agent ?? 'agent'
  const live = message.status === 'streaming'
  const tools = message.parts.filter((part) => part.type === 'tool_call').length
  const facts = [message.model, tools > 0 ? t('toolsCount', { n: tools }) : null, message.duration_ms === null ? null : duration(message.duration_ms)]
  const known = facts.filter((fact) => fact !== null && fact !== '')
  return (
    <article className="turn" aria-busy={live || undefined}>
      <header className="who">
        <span className="hue-dot" style={{ '--h': hue(agent) }} aria-hidden="true" />
        <b>{agent}</b>
        {known.length > 0 && <span className="faint tiny">{known.join(' · ')}</span>}
        {message.run_id !== null && <Suspense><Routed message={message} /></Suspense>}
        {message.status === 'cancelled' && <span className="tiny tone-warn">{t('stopped')}</span>}
      </header>
      <AgentParts message={message} />
      {message.error && <RunProblem message={message} error={message.error} />}
      {message.status === 'paused' && <Resting />}
      {isLive(message) || <AgentActions message={message} />}
    </article>
  )
}

/** A turn that rests, and the button that lets it go on. */
function Resting() {
  const t = useT('chat')
  const { resume } = useSend()
  return <div className="resting" role="status"><span className="tone-warn">{t('paused')}</span><span className="muted grow">{t('pausedHint')}</span><Button size="s" icon={<Play size={13} />} onClick={() => void resume()}>{t('resume')}</Button></div>
}

import { memo } from 'react'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import type { Message } from '@/lib/types'
import { AgentParts } from './AgentParts'
import { useHue, useMessage } from './context'
import { RunProblem } from './RunProblem'
import { AgentActions } from './AgentActions'
import { UserMessage } from './UserMessage'

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
  return (
    <article className="turn" aria-busy={live || undefined}>
      <header className="who">
        <span className="hue-dot" style={{ '--h': hue(agent) }} aria-hidden="true" />
        <b>{agent}</b>
        <span className="faint tiny">{facts.filter((fact) => fact !== null && fact !== '').join(' · ')}</span>
        {message.status === 'cancelled' && <span className="tiny tone-warn">{t('stopped')}</span>}
      </header>
      <AgentParts message={message} />
      {message.error && <RunProblem message={message} error={message.error} />}
      {!live && message.status !== 'waiting' && <AgentActions message={message} />}
    </article>
  )
}

import { useNavigate, useSearch } from '@/lib/router'
import { type ReactNode, useMemo } from 'react'
import { useT } from '@/i18n'
import { useAgents } from '@/lib/queries'
import type { Agent } from '@/lib/types'
import { EmptyState } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { AgentEditor } from './AgentEditor'
import { AgentList } from './AgentList'
import { useTaggedAgent } from './data'
import { copyName, emptyForm, freeHue, toForm } from './form'
import './agents.css'

interface Place {
  /** The agent that is open, `new` for one to be made. */
  id?: string
  /** The agent that a new one copies. */
  from?: string
}

export function usePlace(): [Place, (place: Place) => void] {
  const place: Place = useSearch()
  const navigate = useNavigate()
  return [place, (next) => void navigate({ to: '/settings/agents', search: { id: next.id, from: next.from } })]
}

export function Agents(): ReactNode {
  const [{ id, from }, go] = usePlace()
  const agents = useAgents()
  return (
    <Loaded query={agents}>
      {(items) => {
        if (id === undefined) return <AgentList agents={items} onGo={go} />
        if (id === 'new') return <NewAgent key={from ?? ''} agents={items} original={items.find((agent) => agent.id === from)} />
        return <OldAgent key={id} id={id} agents={items} />
      }}
    </Loaded>
  )
}

function NewAgent({ agents, original }: { agents: Agent[]; original: Agent | undefined }): ReactNode {
  const start = useMemo(() => {
    const hue = freeHue(agents.map((agent) => agent.hue))
    return original
      ? {
          ...toForm(original),
          name: copyName(
            original.name,
            agents.map((agent) => agent.name),
          ),
          hue,
          enabled: true,
        }
      : emptyForm(hue)
    // The form keeps what it began with, also when the list refreshes under it.
  }, [])
  return <AgentEditor saved={null} start={start} />
}

function OldAgent({ id, agents }: { id: string; agents: Agent[] }): ReactNode {
  const t = useT('admin')
  const loaded = useTaggedAgent(id)
  if (loaded.isError && !agents.some((agent) => agent.id === id))
    return (
      <EmptyState title={t('agentGone')}>
        <p>{t('agentGoneDetail')}</p>
      </EmptyState>
    )
  return <Loaded query={loaded}>{(saved) => <AgentEditor saved={saved} start={toForm(saved.agent)} />}</Loaded>
}

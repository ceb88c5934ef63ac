import { useNavigate } from '@/lib/router'
import { useT } from '@/i18n'
import { offerDraft } from '@/lib/draft'
import { useAgents } from '@/lib/queries'
import type { Chat } from '@/lib/types'
import { writeDraft } from '@/chat/useDraft'
import { useLayers } from '@/lib/ui-store'
import { useWorkingAgents } from './useWorkingAgents'

/** The agents, with a dot at those that work right now; a click addresses one. */
export function TeamList({ chats }: { chats: Chat[] }) {
  const t = useT('shell')
  const navigate = useNavigate()
  const agents = useAgents().data?.filter((agent) => agent.status === 'active') ?? []
  const working = useWorkingAgents(chats)
  if (agents.length === 0) return null
  const talkTo = (name: string) => {
    useLayers.setState({ list: false })
    if (document.getElementById('message-box')) offerDraft(`@${name} `)
    else { writeDraft('new', `@${name} `); void navigate({ to: '/' }) }
  }
  return (
    <section className="team-list" aria-label={t('yourTeam')}>
      <h2 className="list-head">{t('yourTeam')}</h2>
      <ul>
        {agents.map((agent) => (
          <li key={agent.id} className="item">
            <button type="button" className="item-link" onClick={() => talkTo(agent.name)} data-tip={agent.role}>
              <span className="hue-dot" style={{ '--h': agent.hue }} aria-hidden="true" />
              <span className="cut">{agent.name}</span>
              {working.has(agent.name) && <span className="live-dot" role="img" aria-label={t('running')} />}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

import { type ReactNode, useState } from 'react'
import Plus from 'lucide-react/icons/plus'
import Search from 'lucide-react/icons/search'
import { useT } from '@/i18n'
import type { Agent } from '@/lib/types'
import { Badge, Button, EmptyState, Input } from '@/ui'
import { CarryMenu } from '@/prompts/carry/CarryMenu'
import { AgentName } from '../parts/AgentName'
import { Card, Page } from '../parts/Page'

interface Props {
  agents: Agent[]
  onGo: (place: { id: string }) => void
}

export function AgentList({ agents, onGo }: Props): ReactNode {
  const t = useT('admin')
  const [query, setQuery] = useState('')
  const needle = query.trim().toLowerCase()
  const found = agents.filter((agent) => `${agent.name} ${agent.role}`.toLowerCase().includes(needle))
  return (
    <Page
      title={t('agents')}
      lead={t('agentsLead')}
      actions={
        <div className="row">
          <CarryMenu />
          <Button variant="primary" icon={<Plus size={15} />} onClick={() => onGo({ id: 'new' })}>
            {t('agentNew')}
          </Button>
        </div>
      }
    >
      <div className="admin-search">
        <Search size={15} aria-hidden />
        <Input
          type="search"
          aria-label={t('agentSearch')}
          placeholder={t('agentSearch')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      {found.length === 0 && (
        <EmptyState title={t('agentNoneFound')}>
          <p>{t('agentNoneFoundDetail')}</p>
        </EmptyState>
      )}
      {found.length > 0 && (
        <Card>
          {found.map((agent) => (
            <button key={agent.id} type="button" className="agent-row" onClick={() => onGo({ id: agent.id })}>
              <AgentName name={agent.name} hue={agent.hue} />
              <span className="agent-role muted">{agent.role || t('agentNoRole')}</span>
              {agent.status === 'disabled' ? <Badge>{t('disabled')}</Badge> : agent.paused && <Badge tone="warn">{t('queuePaused')}</Badge>}
              {agent.model === null ? (
                <span className="agent-model tiny faint cut">{t('modelDefault')}</span>
              ) : (
                <span className="agent-model faint mono cut">{agent.model}</span>
              )}
            </button>
          ))}
        </Card>
      )}
    </Page>
  )
}

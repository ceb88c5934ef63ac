import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plug from 'lucide-react/icons/plug'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import type { Page } from '@/lib/types'
import { Button, EmptyState, ErrorState, Spinner } from '@/ui'
import { sourcesQuery } from '../api/queries'
import { agents, installCommand } from './agents'
import { Command } from '../parts/Command'
import { Connect } from './Connect'
import { KEYS, type IngestKey } from './keys'
import { SourceCard } from './SourceCard'

/** The applications that send events: their keys, and how their questions are answered. */
export default function Sources(): ReactNode {
  const t = useT('observe')
  const [connecting, setConnecting] = useState<string | null>(null)
  const sources = useQuery(sourcesQuery)
  const keys = useQuery({ queryKey: KEYS, queryFn: ({ signal }) => api.get<Page<IngestKey>>('/my/keys', { limit: 200 }, { signal }) }).data?.items ?? []
  const ingest = keys.filter((key) => key.scopes.includes('ingest'))
  return (
    <div className="observe-page sources">
      <div className="page-bar">
        <p className="small muted grow">{t('sourcesLead')}</p>
        <Button variant="primary" icon={<Plus size={15} />} onClick={() => setConnecting('')}>{t('connect')}</Button>
      </div>
      {sources.isError ? <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
        : !sources.data ? <div className="observe-wait"><Spinner label={t('loading')} /></div>
          : sources.data.items.length === 0 ? <First onConnect={() => setConnecting('')} />
            : <ul className="source-list">{sources.data.items.map((source) => <li key={source.app}><SourceCard source={source} keys={ingest.filter((key) => key.app === source.app)} onConnect={() => setConnecting(source.app)} /></li>)}</ul>}
      {connecting !== null && <Connect app={connecting} onClose={() => setConnecting(null)} />}
    </div>
  )
}

/** No agent was ever connected: one command for each. */
function First({ onConnect }: { onConnect: () => void }): ReactNode {
  const t = useT('observe')
  return (
    <EmptyState icon={<Plug size={20} />} title={t('sourcesEmpty')} actions={<Button variant="primary" onClick={onConnect}>{t('connect')}</Button>}>
      <p>{t('sourcesEmptyText')}</p>
      <dl className="install-list">
        {agents.map(({ id, name }) => <div key={id}><dt className="small">{name}</dt><dd><Command text={installCommand({ agent: id, app: id, url: location.origin, key: null, everywhere: true, approvals: false })} /></dd></div>)}
      </dl>
    </EmptyState>
  )
}

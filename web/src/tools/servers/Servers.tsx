import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Navigate, useParams, useSearch } from '@/lib/router'
import { Button } from '@/ui'
import { serversQuery } from '../api/queries'
import type { Server } from '../api/servers'
import { AddServer } from './AddServer'
import { EntryList } from './EntryList'
import { ServerCard } from './ServerCard'
import { ServerPage } from './ServerPage'
import './servers.css'

/** Tool servers: those that are here and how they are, those that could be, and one by itself. */
export default function Servers(): ReactNode {
  const { _splat: path = '' } = useParams()
  const { name } = useSearch()
  const id = path.split('/')[1]
  return <Loaded query={useQuery(serversQuery)}>{(items) => <Found items={items} id={id} name={name} />}</Loaded>
}

function Found({ items, id, name }: { items: readonly Server[]; id: string | undefined; name: string | undefined }): ReactNode {
  const named = name === undefined ? undefined : items.find((item) => item.name === name)
  if (named) return <Navigate to={`/tools/servers/${named.id}`} replace />
  if (id !== undefined) return <ServerPage key={id} id={id} known={items.find((item) => item.id === id)} taken={items.filter((item) => item.id !== id).map((item) => item.name)} />
  return <List items={items} />
}

/** What is being added: a ready-made entry by its id, or one's own. */
type Adding = { entry: string | null } | null

function List({ items }: { items: readonly Server[] }): ReactNode {
  const t = useT('servers')
  const [adding, setAdding] = useState<Adding>(null)
  const taken = items.map((item) => item.name)
  return (
    <Page title={t('servers')} lead={t('serversLead')} actions={<Button variant="primary" icon={<Plus size={15} />} onClick={() => setAdding({ entry: null })}>{t('addServer')}</Button>}>
      {items.length > 0 && (
        <Section title={t('connectedServers')}>
          <Card label={t('connectedServers')}>{items.map((server) => <ServerCard key={server.id} server={server} />)}</Card>
        </Section>
      )}
      <Section title={t('readyMade')} lead={items.length === 0 ? t('readyMadeFirst') : t('readyMadeLead')}>
        <EntryList added={items.flatMap((item) => (item.entry ? [item.entry] : []))} onChoose={(entry) => setAdding({ entry })} />
      </Section>
      {adding && <AddServer entry={adding.entry} taken={taken} onClose={() => setAdding(null)} />}
    </Page>
  )
}

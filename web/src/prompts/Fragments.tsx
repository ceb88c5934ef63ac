import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import Puzzle from 'lucide-react/icons/puzzle'
import { AgentName } from '@/admin/parts/AgentName'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { useAgents } from '@/lib/queries'
import { useNavigate, useSearch } from '@/lib/router'
import { Button, EmptyState } from '@/ui'
import { fragmentsQuery, type Fragment } from './api'
import { FragmentEditor } from './FragmentEditor'
import { FragmentPage } from './FragmentPage'
import './prompts.css'

/** Pieces of instructions that several agents share: each with its versions, and who uses it. */
export default function Fragments(): ReactNode {
  const { id } = useSearch()
  const query = useQuery(fragmentsQuery)
  return <Loaded query={query}>{(items) => { const open = items.find((fragment) => fragment.id === id); return open ? <FragmentPage key={open.id} fragment={open} /> : <List items={items} /> }}</Loaded>
}

function List({ items }: { items: readonly Fragment[] }): ReactNode {
  const t = useT('prompts')
  const navigate = useNavigate()
  const [making, setMaking] = useState(false)
  const add = <Button variant="primary" icon={<Plus size={15} />} onClick={() => setMaking(true)}>{t('newFragment')}</Button>
  return (
    <Page title={t('prompts')} lead={t('promptsLead')} actions={items.length > 0 && add}>
      {items.length === 0 ? <EmptyState icon={<Puzzle size={20} />} title={t('noFragments')} actions={add}><p>{t('noFragmentsText')}</p></EmptyState>
        : <Card label={t('fragments')}>{items.map((fragment) => <Row key={fragment.id} fragment={fragment} onOpen={() => void navigate({ to: '/settings/prompts', search: { id: fragment.id } })} />)}</Card>}
      {making && <FragmentEditor onClose={() => setMaking(false)} onSaved={(fragment) => void navigate({ to: '/settings/prompts', search: { id: fragment.id } })} />}
    </Page>
  )
}

function Row({ fragment, onOpen }: { fragment: Fragment; onOpen: () => void }): ReactNode {
  const t = useT('prompts')
  const users = useUsers(fragment.name)
  return (
    <div role="listitem">
      <button type="button" className="fragment-row" onClick={onOpen}>
        <span className="fragment-name"><b className="mono">{fragment.name}</b><span className="small muted cut">{fragment.description || fragment.text}</span></span>
        <span className="tiny muted nowrap">{t('usedBy', { n: users.length })}</span>
        <span className="tiny faint nowrap">v{fragment.version} · {ago(fragment.updated_at)}</span>
      </button>
    </div>
  )
}

const useUsers = (name: string) => (useAgents().data ?? []).filter(({ fragments }) => (fragments ?? []).includes(name))

/** Which agents begin with this fragment. */
export function Users({ name }: { name: string }): ReactNode {
  const t = useT('prompts')
  const users = useUsers(name)
  if (users.length === 0) return <p className="small muted">{t('usedByNone')}</p>
  return <div className="fragment-users">{users.map((agent) => <AgentName key={agent.id} name={agent.name} hue={agent.hue} />)}</div>
}

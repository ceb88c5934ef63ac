import { useEffect, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Bot from 'lucide-react/icons/bot'
import FolderCode from 'lucide-react/icons/folder-code'
import GitBranch from 'lucide-react/icons/git-branch'
import Plus from 'lucide-react/icons/plus'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import Users from 'lucide-react/icons/users'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { Link } from '@/lib/router'
import { Loaded } from '@/admin/parts/Loaded'
import { Badge, Button } from '@/ui'
import { listQuery } from '../api/queries'
import type { Workspace } from '../api/types'
import { NewDialog } from './NewDialog'
import { UsageMeter } from './UsageMeter'
import './list.css'

/** All workspaces of this person, their own and those they were taken into. */
export default function ListPage(): ReactNode {
  const t = useT('workspaces')
  const query = useQuery(listQuery)
  const [way, setWay] = useState<'empty' | 'git' | null>(null)
  useEffect(() => { document.title = `${t('workspaces')} · Entourage` }, [t])
  return (
    <div className="ws-list-scroll">
      <div className="ws-list-page">
        <header className="ws-list-head">
          <h1>{t('workspaces')}</h1>
          <Button icon={<GitBranch size={14} />} onClick={() => setWay('git')}>{t('import')}</Button>
          <Button variant="primary" icon={<Plus size={14} />} onClick={() => setWay('empty')}>{t('create')}</Button>
        </header>
        <Loaded query={query}>{(items) => (items.length === 0 ? <Teach onNew={() => setWay('empty')} /> : <Cards items={items} />)}</Loaded>
      </div>
      {way !== null && <NewDialog isImport={way === 'git'} onClose={() => setWay(null)} />}
    </div>
  )
}

function Cards({ items }: { items: Workspace[] }): ReactNode {
  const t = useT('workspaces')
  return (
    <ul className="ws-cards" aria-label={t('workspaces')}>
      {items.map((item) => (
        <li key={item.id} className="ws-card">
          <div className="ws-card-head">
            <FolderCode size={16} aria-hidden />
            <Link to={`/workspaces/${item.id}`} className="ws-card-name cut">{item.name}</Link>
            {item.git && <Badge>git</Badge>}
            {item.role !== 'owner' && <Badge title={t('ownedBy', { name: item.owner.full_name })}>{t(`role_${item.role}`)}</Badge>}
          </div>
          {item.description !== '' && <p className="small muted ws-card-text">{item.description}</p>}
          <div className="ws-card-foot">
            <span className="tiny muted grow cut">{item.role === 'owner' ? t('changedAgo', { ago: ago(item.updated_at) }) : t('ownedBy', { name: item.owner.full_name })}</span>
            <UsageMeter usage={item.usage} />
          </div>
        </li>
      ))}
    </ul>
  )
}

/** What a workspace is good for, told where there is none yet. */
function Teach({ onNew }: { onNew: () => void }): ReactNode {
  const t = useT('workspaces')
  const points = [
    { icon: Bot, title: t('teachFiles'), text: t('teachFilesText') },
    { icon: GitBranch, title: t('teachReview'), text: t('teachReviewText') },
    { icon: SquareTerminal, title: t('teachRun'), text: t('teachRunText') },
    { icon: Users, title: t('teachShare'), text: t('teachShareText') },
  ]
  return (
    <section className="ws-teach" aria-label={t('teachTitle')}>
      <h2>{t('teachTitle')}</h2>
      <p className="muted">{t('teachLead')}</p>
      <ul>{points.map(({ icon: Icon, title, text }) => <li key={title}><Icon size={17} aria-hidden /><b>{title}</b><span className="small muted">{text}</span></li>)}</ul>
      <Button variant="primary" icon={<Plus size={14} />} onClick={onNew}>{t('createFirst')}</Button>
    </section>
  )
}

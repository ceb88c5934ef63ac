import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import User from 'lucide-react/icons/user'
import Users from 'lucide-react/icons/users'
import { useT } from '@/i18n'
import { Link, Navigate, useParams } from '@/lib/router'
import { NotFound } from '@/shell/NotFound'
import { Select, Spinner } from '@/ui'
import type { Workspace } from '@/workspace/api/types'
import { useLive } from './api/useLive'
import { tabs, type MemoryTab } from './tabs'
import { useChosen, WhoseMemory, type Whose } from './whose'
import '@/admin/parts/admin.css'
import './memory.css'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (tab: MemoryTab) => {
  const known = pages.get(tab.path) ?? lazy(tab.load)
  pages.set(tab.path, known)
  return known
}

/** What the team remembers: found with its reasons, taken in from files, mended, forgotten, and drawn as a graph. */
export default function Memory(): ReactNode {
  const t = useT('memory')
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const { whose, workspaces, choose } = useChosen()
  const shown = tabs.filter(({ isOwn }) => !isOwn || whose.id === undefined)
  const tab = tabs.find((item) => item.path === path.split('/')[0])
  useLive()
  useEffect(() => { if (tab) document.title = `${t(tab.labelKey)} · ${t('memory')} · Entourage` }, [tab, t])
  if (path === '') return <Navigate to="/memory/search" replace />
  if (!tab) return <NotFound />
  if (!shown.includes(tab)) return <Navigate to="/memory/search" replace />
  const Page = pageOf(tab)
  return (
    <div className="memory">
      <Head tab={tab} tabs={shown}><Chooser whose={whose} workspaces={workspaces} onChoose={choose} /></Head>
      {!whose.mayWrite && <p className="memory-viewing small muted">{t('viewing', { name: whose.name })}</p>}
      <div className={tab.isWhole ? 'memory-body' : 'memory-body memory-scroll'}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>
          <WhoseMemory value={whose} key={whose.id ?? 'own'}>{tab.isWhole ? <Page /> : <div className="memory-page"><Page /></div>}</WhoseMemory>
        </Suspense>
      </div>
    </div>
  )
}

interface ChooserProps { whose: Whose; workspaces: readonly Workspace[]; onChoose: (id: string) => void }

/** One's own memory, or that of a workspace; nothing where there is nothing to choose. */
function Chooser({ whose, workspaces, onChoose }: ChooserProps): ReactNode {
  const t = useT('memory')
  if (workspaces.length === 0) return null
  return (
    <label className="memory-whose">
      {whose.id === undefined ? <User size={15} aria-hidden /> : <Users size={15} aria-hidden />}
      <Select aria-label={t('whose')} value={whose.id ?? ''} onChange={onChoose} options={[{ value: '', label: t('mine') }, ...workspaces.map(({ id, name }) => ({ value: id, label: name }))]} />
    </label>
  )
}

interface HeadProps { tab: MemoryTab; tabs: readonly MemoryTab[]; children: ReactNode }

function Head({ tab, tabs, children }: HeadProps): ReactNode {
  const t = useT('memory')
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }) }, [tab])
  return (
    <header className="memory-head">
      <h1 className="sr-only">{t('memory')}: {t(tab.labelKey)}</h1>
      <nav ref={nav} className="memory-tabs" aria-label={t('memory')}>
        {tabs.map(({ path, labelKey }) => <Link key={path} to={`/memory/${path}`} className="tab" aria-current={path === tab.path ? 'page' : undefined}>{t(labelKey)}</Link>)}
      </nav>
      {children}
    </header>
  )
}

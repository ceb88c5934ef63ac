import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Link, Navigate, useParams } from '@/lib/router'
import { NotFound } from '@/shell/NotFound'
import { Spinner } from '@/ui'
import { useLive } from './api/useLive'
import { tabs, type MemoryTab } from './tabs'
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
  const tab = tabs.find((item) => item.path === path.split('/')[0])
  useLive()
  useEffect(() => { if (tab) document.title = `${t(tab.labelKey)} · ${t('memory')} · Entourage` }, [tab, t])
  if (path === '') return <Navigate to="/memory/search" replace />
  if (!tab) return <NotFound />
  const Page = pageOf(tab)
  return (
    <div className="memory">
      <Head tab={tab} />
      <div className={tab.isWhole ? 'memory-body' : 'memory-body memory-scroll'}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>
          {tab.isWhole ? <Page /> : <div className="memory-page"><Page /></div>}
        </Suspense>
      </div>
    </div>
  )
}

function Head({ tab }: { tab: MemoryTab }): ReactNode {
  const t = useT('memory')
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }) }, [tab])
  return (
    <header className="memory-head">
      <h1 className="sr-only">{t('memory')}: {t(tab.labelKey)}</h1>
      <nav ref={nav} className="memory-tabs" aria-label={t('memory')}>
        {tabs.map(({ path, labelKey }) => <Link key={path} to={`/memory/${path}`} className="tab" aria-current={path === tab.path ? 'page' : undefined}>{t(labelKey)}</Link>)}
      </nav>
    </header>
  )
}

import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Link, useParams } from '@/lib/router'
import { Spinner } from '@/ui'
import { useLive } from './api/useLive'
import { tabs, type RunsTab } from './tabs'
import '@/admin/parts/admin.css'
import './runs.css'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (tab: RunsTab) => {
  const known = pages.get(tab.path) ?? lazy(tab.load)
  pages.set(tab.path, known)
  return known
}

/** What the team is doing, did and will do: runs, plans, queues and schedules. */
export default function Runs(): ReactNode {
  const t = useT('runs')
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const [first] = path.split('/')
  const tab = tabs.find((item) => item.path === first) ?? tabs[0]
  useLive()
  useEffect(() => { document.title = `${tab ? t(tab.labelKey) : ''} · Entourage` }, [tab, t])
  if (!tab) return null
  const Page = pageOf(tab)
  return (
    <div className="runs">
      <Head tab={tab} />
      <div className="runs-body">
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}><Page /></Suspense>
      </div>
    </div>
  )
}

function Head({ tab }: { tab: RunsTab }): ReactNode {
  const t = useT('runs')
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }) }, [tab])
  return (
    <header className="runs-head">
      <nav ref={nav} className="runs-tabs" aria-label={t('runs')}>
        {tabs.map(({ path, labelKey }) => <Link key={path} to={path === '' ? '/runs' : `/runs/${path}`} className="tab" aria-current={path === tab.path ? 'page' : undefined}>{t(labelKey)}</Link>)}
      </nav>
    </header>
  )
}

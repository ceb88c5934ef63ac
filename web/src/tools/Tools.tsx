import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { useApprovals } from '@/lib/queries'
import { Link, Navigate, useParams } from '@/lib/router'
import { NotFound } from '@/shell/NotFound'
import { Spinner } from '@/ui'
import { tabs, type ToolsTab } from './tabs'
import '@/admin/parts/admin.css'
import './tools.css'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (tab: ToolsTab) => {
  const known = pages.get(tab.path) ?? lazy(tab.load)
  pages.set(tab.path, known)
  return known
}

/** Everything agents and other programs can do here, by whom, and what waits for a yes. */
export default function Tools(): ReactNode {
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const tab = tabs.find((item) => item.path === path.split('/')[0])
  if (path === '') return <Navigate to="/tools/catalogue" replace />
  if (!tab) return <NotFound />
  const Page = pageOf(tab)
  return (
    <div className="tools">
      <Head tab={tab} />
      <div className={tab.isWhole ? 'tools-body' : 'tools-body tools-scroll'}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>
          {tab.isWhole ? <Page /> : <div className="tools-page"><Page /></div>}
        </Suspense>
      </div>
    </div>
  )
}

function Head({ tab }: { tab: ToolsTab }): ReactNode {
  const t = useT('tools')
  const waiting = useApprovals().data?.length ?? 0
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }) }, [tab, waiting])
  return (
    <header className="tools-head">
      <h1 className="sr-only">{t('toolPath')}: {t(tab.labelKey)}</h1>
      <nav ref={nav} className="tools-tabs" aria-label={t('toolPath')}>
        {tabs.map(({ path, labelKey }) => (
          <Link key={path} to={`/tools/${path}`} className="tab" aria-current={path === tab.path ? 'page' : undefined}>
            {t(labelKey)}
            {path === 'approvals' && waiting > 0 && <span className="tools-count" aria-label={t('waitingCount', { n: waiting })}>{waiting}</span>}
          </Link>
        ))}
      </nav>
    </header>
  )
}

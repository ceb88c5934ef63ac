import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Link, Navigate, useParams } from '@/lib/router'
import { NotFound } from '@/shell/NotFound'
import { Spinner } from '@/ui'
import { tabs, type GatewayTab } from './tabs'
import '@/admin/parts/admin.css'
import './gateway.css'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (tab: GatewayTab) => {
  const known = pages.get(tab.path) ?? lazy(tab.load)
  pages.set(tab.path, known)
  return known
}

/** The AI gateway: through which every model call goes, ours and those of outside programs. */
export default function Gateway(): ReactNode {
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const tab = tabs.find((item) => item.path === path.split('/')[0])
  if (path === '') return <Navigate to="/gateway/models" replace />
  if (!tab) return <NotFound />
  const Page = pageOf(tab)
  return (
    <div className="gateway">
      <Head tab={tab} />
      <div className={tab.isWhole ? 'gateway-body' : 'gateway-body gateway-scroll'}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>
          {tab.isWhole ? <Page /> : <div className="gateway-page"><Page /></div>}
        </Suspense>
      </div>
    </div>
  )
}

function Head({ tab }: { tab: GatewayTab }): ReactNode {
  const t = useT('gateway')
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) }, [tab])
  return (
    <header className="gateway-head">
      <h1 className="sr-only">{t('gateway')}: {t(tab.labelKey)}</h1>
      <nav ref={nav} className="gateway-tabs" aria-label={t('gateway')}>
        {tabs.map(({ path, labelKey }) => (
          <Link key={path} to={`/gateway/${path}`} className="tab" aria-current={path === tab.path ? 'page' : undefined}>{t(labelKey)}</Link>
        ))}
      </nav>
    </header>
  )
}

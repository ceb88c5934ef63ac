import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent } from 'react'
import { Link, Navigate, useParams } from '@/lib/router'
import { adminRoutes } from '@/admin/routes'
import { useT } from '@/i18n'
import type { AdminRoute } from '@/lib/routes'
import { useSession } from '@/lib/session'
import { Spinner } from '@/ui'
import { NotFound } from './NotFound'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (route: AdminRoute) => {
  const known = pages.get(route.path) ?? lazy(route.component)
  pages.set(route.path, known)
  return known
}

/** The frame of the settings: pages at the left, the chosen one beside them. */
export default function Settings() {
  const t = useT('admin')
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const open = adminRoutes.filter((route) => isAdmin || !route.adminOnly)
  const first = open[0]
  const nav = useRef<HTMLElement>(null)
  // On a phone the pages are a row that is longer than the screen.
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }) }, [path])
  if (path === '' && first) return <Navigate to={`/settings/${first.path}`} replace />
  const route = open.find((item) => item.path === path.split('/')[0])
  const Page = route && pageOf(route)
  return (
    <div className="settings">
      <nav ref={nav} className="settings-nav" aria-label={shell('settings')}>
        <h2>{shell('settings')}</h2>
        {open.filter((item) => !item.hidden).map(({ path: to, icon: Icon, labelKey }) => (
          <Link key={to} to={`/settings/${to}`} aria-current={to === route?.path ? 'page' : undefined}><Icon size={16} aria-hidden />{t(labelKey)}</Link>
        ))}
      </nav>
      <div className="settings-body">
        {Page ? <div className="settings-page"><Suspense fallback={<Spinner label={shell('loading')} />}><Page /></Suspense></div> : <NotFound />}
      </div>
    </div>
  )
}

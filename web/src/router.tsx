import { Component, Suspense, useEffect, type ReactNode } from 'react'
import { load } from '@/i18n'
import { defineRoutes, navigate, RouterProvider, useLocation, type Route } from '@/lib/router'
import type { Namespace } from '@/i18n/namespaces'
import { accessToken, useSession } from '@/lib/session'
import { queryClient } from '@/lib/query'
import { Broken } from '@/shell/Broken'
import { NotFound } from '@/shell/NotFound'
import { Shell } from '@/shell/Shell'

/** A screen together with the catalogue of its words. */
const screen = (path: string, namespace: Namespace, code: Route['load']): Route => ({
  path, load: async () => { const [module] = await Promise.all([code(), load(namespace)]); return module },
})

/** Screens for people who are not signed in, or need not be. */
export const isOutside = (pathname: string): boolean => ['/signin', '/register', '/setup'].includes(pathname) || pathname.startsWith('/share/')

defineRoutes([
  screen('/', 'chat', () => import('@/chat/NewChat')),
  screen('/chat/$chatId', 'chat', () => import('@/chat/ChatScreen')),
  screen('/settings/models', 'gateway', () => import('@/gateway/MovedHere')),
  screen('/settings/approvals', 'tools', () => import('@/tools/MovedHere')),
  screen('/settings/$', 'admin', () => import('@/shell/Settings')),
  screen('/share/artifact/$token', 'artifacts', () => import('@/artifacts/share')),
  screen('/share/$token', 'share', () => import('@/share/SharedScreen')),
  screen('/observe/$', 'observe', () => import('@/observe/Observe')),
  screen('/gateway/$', 'gateway', () => import('@/gateway/Gateway')),
  screen('/tools/$', 'tools', () => import('@/tools/Tools')),
  screen('/runs/$', 'runs', () => import('@/runs/Runs')),
  screen('/results/$', 'artifacts', () => import('@/artifacts/library')),
  screen('/memory/$', 'memory', () => import('@/memory/Memory')),
  screen('/workspaces/$', 'workspaces', () => import('@/workspace/Workspaces')),
  screen('/signin', 'auth', () => import('@/auth/SignIn')),
  screen('/register', 'auth', () => import('@/auth/Register')),
  screen('/setup', 'auth', () => import('@/auth/Setup')),
])

/** The whole client: the screen of the address, in its frame, for those who may see it. */
export function App() {
  return <RouterProvider><Shown /></RouterProvider>
}

function Shown() {
  const { pathname, screen: found } = useLocation()
  const outside = isOutside(pathname)
  const Screen = found?.View ?? NotFound
  return (
    <Guarded key={outside ? 'outside' : 'inside'}>
      {outside ? <Suspense><Screen /></Suspense> : <Inside><Suspense><Screen /></Suspense></Inside>}
    </Guarded>
  )
}

/** What needs a signed-in person. Without an answer from the server the shell opens anyway, and waits for one. */
function Inside({ children }: { children: ReactNode }) {
  const status = useSession((state) => state.status)
  useEffect(() => {
    if (status === 'unknown') accessToken().catch(() => undefined)
    if (status === 'offline') return comeBack()
    if (status === 'signed-out') void navigate({ to: '/signin', search: { next: location.pathname + location.search }, replace: true })
  }, [status])
  return status === 'signed-in' || status === 'offline' ? <Shell>{children}</Shell> : null
}

const patience_ms = 4000

/** Tries the server again until it answers; what failed meanwhile is then asked anew. */
function comeBack(): () => void {
  const again = () => { accessToken().then(() => queryClient.invalidateQueries(), () => undefined) }
  const timer = setInterval(again, patience_ms)
  window.addEventListener('online', again)
  return () => { clearInterval(timer); window.removeEventListener('online', again) }
}

/** Catches what a screen throws while it is drawn. */
class Guarded extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }
  static getDerivedStateFromError(error: unknown) { return { error } }
  override render() { return this.state.error === null ? this.props.children : <Broken error={this.state.error} /> }
}

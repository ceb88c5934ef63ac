import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { useLocation } from '@/lib/router'
import { followStream, forgetChats } from '@/chat/chats'
import { afterPaint } from '@/lib/afterPaint'
import { live } from '@/lib/live'
import { useMedia } from '@/lib/useMedia'
import { queryClient } from '@/lib/query'
import { useSession } from '@/lib/session'
import { useLayers, useUi } from '@/lib/ui-store'
import { Toaster } from '@/ui/toast'
import { BottomBar } from './BottomBar'
import { ChatList } from './ChatList'
import { ConnectionBanner } from './ConnectionBanner'
import { isWithoutChats } from './places'
import { Rail } from './Rail'
import { useAway } from './useAway'
import { useServerChoices } from './useServerChoices'
import { useShortcuts } from './useShortcuts'
import './shell.css'

const Overlays = lazy(() => import('./Overlays'))
const Palette = lazy(() => import('./Palette'))
const KeysDialog = lazy(() => import('./KeysDialog'))

/** The frame around every screen of a signed-in person: rail, chats, the screen, and what lies over them. */
export function Shell({ children }: { children: ReactNode }) {
  const layers = useLayers()
  const listShown = useUi((state) => state.listShown)
  const { pathname } = useLocation()
  const isPhone = useMedia('(max-width: 760px)')
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => afterPaint(() => setDrawn(true)), [])
  useLive()
  useAway()
  useServerChoices()
  useShortcuts()
  useEffect(() => { useLayers.setState({ list: false }) }, [pathname])
  const isApart = isWithoutChats(pathname)
  return (
    <div className={`shell ${listShown && !isApart ? '' : 'no-list'} ${layers.list ? 'list-open' : ''}`}>
      <Rail />
      {!isApart && <ChatList />}
      <main className="screen" id="main" tabIndex={-1}>
        <ConnectionBanner />
        <div className="screen-body">{children}</div>
      </main>
      {isPhone && <BottomBar />}
      {isDrawn && <Suspense><Overlays /></Suspense>}
      <Suspense>
        {layers.palette && <Palette />}
        {layers.keys && <KeysDialog />}
      </Suspense>
      <Toaster />
    </div>
  )
}

/** The stream runs while somebody is signed in; signing out, here or in another tab, leaves nothing behind. */
function useLive(): void {
  const status = useSession((state) => state.status)
  useEffect(() => {
    if (status !== 'signed-in') return
    const unfollow = followStream()
    live.start()
    return () => {
      unfollow()
      live.stop()
      forgetChats()
      queryClient.clear()
    }
  }, [status])
}

import { Link, useLocation } from '@/lib/router'
import Activity from 'lucide-react/icons/activity'
import MessagesSquare from 'lucide-react/icons/messages-square'
import PanelRight from 'lucide-react/icons/panel-right'
import Settings from 'lucide-react/icons/settings'
import SquarePen from 'lucide-react/icons/square-pen'
import Waypoints from 'lucide-react/icons/waypoints'
import Wrench from 'lucide-react/icons/wrench'
import { useT } from '@/i18n'
import { useApprovals } from '@/lib/queries'
import { useLayers, useUi } from '@/lib/ui-store'

/** The bar of a phone: one pane at a time. */
export function BottomBar() {
  const t = useT('shell')
  const { pathname } = useLocation()
  const listOpen = useLayers((state) => state.list)
  const dockShown = useUi((state) => state.dockShown)
  const waiting = useApprovals().data?.length ?? 0
  const toTalk = () => useLayers.setState({ list: false })
  return (
    <nav className="bottom" aria-label={t('screens')}>
      <button type="button" aria-pressed={listOpen} onClick={() => useLayers.setState({ list: !listOpen })}>
        <MessagesSquare size={19} aria-hidden /><span>{t('chats')}</span>{waiting > 0 && <span className="count" aria-hidden="true">{waiting}</span>}
      </button>
      <Link to="/" onClick={toTalk}><SquarePen size={19} aria-hidden /><span>{t('newChat')}</span></Link>
      {pathname.startsWith('/chat/') && (
        <button type="button" aria-pressed={dockShown} onClick={() => { toTalk(); useUi.setState({ dockShown: !dockShown }) }}><PanelRight size={19} aria-hidden /><span>{t('results')}</span></button>
      )}
      <Link to="/observe" onClick={toTalk} aria-current={pathname.startsWith('/observe') ? 'page' : undefined}><Activity size={19} aria-hidden /><span>{t('observe')}</span></Link>
      <Link to="/gateway" onClick={toTalk} aria-current={pathname.startsWith('/gateway') ? 'page' : undefined}><Waypoints size={19} aria-hidden /><span>{t('gateway')}</span></Link>
      <Link to="/tools" onClick={toTalk} aria-current={pathname.startsWith('/tools') ? 'page' : undefined}><Wrench size={19} aria-hidden /><span>{t('tools')}</span></Link>
      <Link to={'/settings'} onClick={toTalk}><Settings size={19} aria-hidden /><span>{t('settings')}</span></Link>
    </nav>
  )
}

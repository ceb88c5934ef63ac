import { Link, useLocation } from '@/lib/router'
import Activity from 'lucide-react/icons/activity'
import Brain from 'lucide-react/icons/brain'
import FolderCode from 'lucide-react/icons/folder-code'
import Keyboard from 'lucide-react/icons/keyboard'
import MessagesSquare from 'lucide-react/icons/messages-square'
import PanelRight from 'lucide-react/icons/panel-right'
import Settings from 'lucide-react/icons/settings'
import SquarePen from 'lucide-react/icons/square-pen'
import Waypoints from 'lucide-react/icons/waypoints'
import Workflow from 'lucide-react/icons/workflow'
import Wrench from 'lucide-react/icons/wrench'
import { useT } from '@/i18n'
import { useLayers, useUi } from '@/lib/ui-store'
import { IconButton } from '@/ui'
import { AccountMenu } from './AccountMenu'
import { isWithoutChats } from './places'
import { WaitingMenu } from './WaitingMenu'
import { Logo } from './Logo'

const skip = () => (document.getElementById('message-box') ?? document.getElementById('main'))?.focus()

/** The narrow bar at the left edge. */
export function Rail() {
  const t = useT('shell')
  const { pathname } = useLocation()
  const lastChat = useUi((state) => state.lastChat)
  const isIn = (place: string) => (pathname.startsWith(place) ? 'icon-btn on' : 'icon-btn')
  const isApart = isWithoutChats(pathname)
  const team = isApart && lastChat !== null ? `/chat/${lastChat}` : '/'
  return (
    <nav className="rail" aria-label="Entourage">
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); skip() }}>{t('skip')}</a>
      <Link to="/" className="rail-logo" aria-label={t('home')}><Logo /></Link>
      {isApart
        ? <Link to={team} className="icon-btn" aria-label={t('team')} data-tip={t('team')}><MessagesSquare size={18} /></Link>
        : <IconButton label={t('chats')} pressed={useUi.getState().listShown} icon={<MessagesSquare size={18} />} onClick={() => useUi.setState((ui) => ({ listShown: !ui.listShown }))} />}
      <Link to="/" className="icon-btn" aria-label={t('newChat')} data-tip={t('newChat')}><SquarePen size={18} /></Link>
      <WaitingMenu />
      <Link to="/runs" className={isIn('/runs')} aria-label={t('runs')} data-tip={t('runs')}><Workflow size={18} /></Link>
      <Link to="/workspaces" className={isIn('/workspaces')} aria-label={t('workspaces')} data-tip={t('workspaces')}><FolderCode size={18} /></Link>
      <Link to="/results" className={isIn('/results')} aria-label={t('results')} data-tip={t('results')}><PanelRight size={18} /></Link>
      <Link to="/memory" className={isIn('/memory')} aria-label={t('memory')} data-tip={t('memory')}><Brain size={18} /></Link>
      <Link to="/observe" className={isIn('/observe')} aria-label={t('observe')} data-tip={t('observe')}><Activity size={18} /></Link>
      <Link to="/gateway" className={isIn('/gateway')} aria-label={t('gateway')} data-tip={t('gateway')}><Waypoints size={18} /></Link>
      <Link to="/tools" className={isIn('/tools')} aria-label={t('tools')} data-tip={t('tools')}><Wrench size={18} /></Link>
      <span className="grow" />
      <IconButton label={t('keyboard')} icon={<Keyboard size={18} />} onClick={() => useLayers.setState({ keys: true })} />
      <Link to="/settings" className={isIn('/settings')} aria-label={t('settings')} data-tip={t('settings')}><Settings size={18} /></Link>
      <AccountMenu />
    </nav>
  )
}

import { Link, useLocation, useNavigate } from '@/lib/router'
import Ellipsis from 'lucide-react/icons/ellipsis'
import MessagesSquare from 'lucide-react/icons/messages-square'
import PanelRight from 'lucide-react/icons/panel-right'
import SquarePen from 'lucide-react/icons/square-pen'
import Workflow from 'lucide-react/icons/workflow'
import { useT } from '@/i18n'
import { useApprovals } from '@/lib/queries'
import { useLayers, useUi } from '@/lib/ui-store'
import { Menu } from '@/ui'

const places = ['results', 'workspaces', 'memory', 'observe', 'gateway', 'tools', 'settings'] as const

/** The bar of a phone: one pane at a time. */
export function BottomBar() {
  const t = useT('shell')
  const { pathname } = useLocation()
  const navigate = useNavigate()
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
      <Link to="/runs" onClick={toTalk} aria-current={pathname.startsWith('/runs') ? 'page' : undefined}><Workflow size={19} aria-hidden /><span>{t('runs')}</span></Link>
      <Menu
        label={t('more')} side="above" align="end"
        items={places.map((place) => ({ id: place, label: t(place), onSelect: () => { toTalk(); void navigate({ to: `/${place}` }) } }))}
        trigger={(props) => <button type="button" {...props} aria-current={places.some((place) => pathname.startsWith(`/${place}`)) ? 'page' : undefined}><Ellipsis size={19} aria-hidden /><span>{t('more')}</span></button>}
      />
    </nav>
  )
}

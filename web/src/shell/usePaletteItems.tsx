import type { ReactNode } from 'react'
import { useNavigate } from '@/lib/router'
import Activity from 'lucide-react/icons/activity'
import Brain from 'lucide-react/icons/brain'
import FolderCode from 'lucide-react/icons/folder-code'
import Keyboard from 'lucide-react/icons/keyboard'
import Languages from 'lucide-react/icons/languages'
import LogOut from 'lucide-react/icons/log-out'
import MessageSquare from 'lucide-react/icons/message-square'
import PanelRight from 'lucide-react/icons/panel-right'
import SquarePen from 'lucide-react/icons/square-pen'
import SunMoon from 'lucide-react/icons/sun-moon'
import Upload from 'lucide-react/icons/upload'
import Waypoints from 'lucide-react/icons/waypoints'
import Workflow from 'lucide-react/icons/workflow'
import Wrench from 'lucide-react/icons/wrench'
import { adminRoutes } from '@/admin/routes'
import { writeDraft } from '@/chat/useDraft'
import { languages, useT } from '@/i18n'
import { tabs as gatewayTabs } from '@/gateway/tabs'
import { tabs } from '@/observe/tabs'
import { offerDraft } from '@/lib/draft'
import { fuzzy } from '@/lib/fuzzy'
import { useAgents, useChats } from '@/lib/queries'
import { signOut, useSession } from '@/lib/session'
import type { Theme } from '@/lib/types'
import { tabs as memoryTabs } from '@/memory/tabs'
import { tabs as runsTabs } from '@/runs/tabs'
import { tabs as toolsTabs } from '@/tools/tabs'
import { useLayers, useUi } from '@/lib/ui-store'
import { chooseLanguage, chooseTheme } from './choices'
import { Snippet, useSearch } from './SearchHits'

export interface PaletteItem { id: string; label: ReactNode; text: string; icon?: ReactNode; hint?: ReactNode; run: () => void }
export interface PaletteGroup { id: string; label: string; items: PaletteItem[] }

const most_in_group = 7

/** What the palette offers for a query, by groups. */
export function usePaletteItems(query: string): PaletteGroup[] {
  const t = useT('shell')
  const admin = useT('admin')
  const observe = useT('observe')
  const gateway = useT('gateway')
  const tools = useT('tools')
  const runs = useT('runs')
  const memory = useT('memory')
  const navigate = useNavigate()
  const chats = useChats().data?.pages.flatMap((page) => page.items) ?? []
  const agents = useAgents().data ?? []
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const hits = useSearch(query).data ?? []
  const go = (to: string) => () => void navigate({ to })
  const talkTo = (name: string) => {
    writeDraft('new', `@${name} `)
    void navigate({ to: '/' }).then(() => offerDraft(`@${name} `))
  }
  const item = (id: string, text: string, icon: ReactNode, run: () => void, hint?: ReactNode): PaletteItem => ({ id, text, label: text, icon, run, hint })
  const themes: [Theme, string][] = [['auto', t('themeAuto')], ['dark', t('themeDark')], ['light', t('themeLight')]]
  const pages = adminRoutes.filter((route) => !route.hidden && (isAdmin || !route.adminOnly))
  const actions: PaletteItem[] = [
    item('new', t('newChat'), <SquarePen size={15} />, go('/'), 'Alt N'),
    ...tabs.map(({ path, labelKey }) => item(`observe-${path}`, `${t('observe')}: ${observe(labelKey)}`, <Activity size={15} />, go(`/observe/${path}`))),
    ...gatewayTabs.map(({ path, labelKey }) => item(`gateway-${path}`, `${t('gateway')}: ${gateway(labelKey)}`, <Waypoints size={15} />, go(`/gateway/${path}`))),
    ...runsTabs.map(({ path, labelKey }) => item(`runs-${path}`, path === '' ? t('runs') : `${t('runs')}: ${runs(labelKey)}`, <Workflow size={15} />, go(path === '' ? '/runs' : `/runs/${path}`))),
    item('results', t('results'), <PanelRight size={15} />, go('/results')),
    item('workspaces', t('workspaces'), <FolderCode size={15} />, go('/workspaces')),
    ...memoryTabs.map(({ path, labelKey }) => item(`memory-${path}`, `${t('memory')}: ${memory(labelKey)}`, <Brain size={15} />, go(`/memory/${path}`))),
    ...toolsTabs.map(({ path, labelKey }) => item(`tools-${path}`, `${t('tools')}: ${tools(labelKey)}`, <Wrench size={15} />, go(`/tools/${path}`))),
    ...pages.map(({ path, labelKey, icon: Icon }) => item(`page-${path}`, `${t('settings')}: ${admin(labelKey)}`, <Icon size={15} />, go(`/settings/${path}`))),
    item('import', t('importChats'), <Upload size={15} />, go('/settings/general')),
    item('dock', t('keyDock'), <PanelRight size={15} />, () => useUi.setState((ui) => ({ dockShown: !ui.dockShown })), 'Ctrl .'),
    ...themes.map(([theme, label]) => item(`theme-${theme}`, `${t('theme')}: ${label}`, <SunMoon size={15} />, () => chooseTheme(theme))),
    ...languages.map(({ id, name }) => item(`language-${id}`, `${t('language')}: ${name}`, <Languages size={15} />, () => void chooseLanguage(id))),
    item('keys', t('keyboard'), <Keyboard size={15} />, () => useLayers.setState({ keys: true }), '?'),
    item('out', t('signOut'), <LogOut size={15} />, () => void signOut()),
  ]
  const pick = (items: PaletteItem[], most = most_in_group) => fuzzy(query, items, ({ text }) => text).slice(0, most)
  return [
    { id: 'chats', label: t('chats'), items: pick(chats.map((chat) => item(chat.id, chat.title || t('untitled'), <MessageSquare size={15} />, go(`/chat/${chat.id}`))), query === '' ? 5 : most_in_group) },
    { id: 'agents', label: t('agents'), items: pick(agents.map((agent) => item(agent.id, agent.name, <span className="hue-dot" style={{ '--h': agent.hue }} />, () => talkTo(agent.name), agent.role))) },
    { id: 'actions', label: t('actions'), items: pick(actions, query === '' ? actions.length : most_in_group) },
    {
      id: 'messages', label: t('inMessages'),
      items: query === '' ? [] : hits.slice(0, most_in_group).map((hit) => ({
        ...item(hit.message_id, hit.snippet, <MessageSquare size={15} />, go(`/chat/${hit.chat_id}`), hit.chat_title), label: <Snippet text={hit.snippet} />,
      })),
    },
  ]
}

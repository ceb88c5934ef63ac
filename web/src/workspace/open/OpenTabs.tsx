import type { ReactNode } from 'react'
import Bot from 'lucide-react/icons/bot'
import GitCompare from 'lucide-react/icons/git-compare'
import { useT } from '@/i18n'
import { confirm } from '@/ui'
import { ClosableTabs, type ClosableTab } from '../parts/ClosableTabs'
import { FileIcon } from '../tree/FileIcon'
import { useDesk } from './context'
import { keyOf, type Tab } from './desk'
import { nameOf } from './text'

const words = { diff: 'diffOf', staged: 'stagedOf', review: 'reviewOf' } as const

/** The tabs of what is open; what is not saved is asked for before it is closed. */
export function OpenTabs(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const tabs = desk.use((state) => state.tabs)
  const active = desk.use((state) => state.active)
  const dirty = desk.use((state) => state.dirty)
  const items = tabs.map((tab): ClosableTab => {
    const isDirty = tab.kind === 'file' && dirty.includes(tab.path)
    return { id: keyOf(tab), icon: <Icon tab={tab} />, label: labelOf(tab), title: tab.path, isDirty, mark: isDirty && <span className="ws-dot"><span className="sr-only">{t('unsaved')}</span></span> }
  })
  function labelOf(tab: Tab): string {
    const name = nameOf(tab.path)
    return tab.kind === 'file' ? name : t(words[tab.kind === 'diff' && tab.staged ? 'staged' : tab.kind], { name })
  }
  const close = async (key: string) => {
    const tab = tabs.find((one) => keyOf(one) === key)
    const isUnsaved = tab?.kind === 'file' && dirty.includes(tab.path)
    if (!isUnsaved || (await confirm({ title: t('closeTitle', { name: nameOf(tab.path) }), action: t('close'), danger: true }))) desk.close(key)
  }
  return <ClosableTabs label={t('open')} items={items} value={active} panelId="ws-main-panel" onShow={(key) => desk.show(key)} onClose={(key) => void close(key)} />
}

function Icon({ tab }: { tab: Tab }): ReactNode {
  if (tab.kind === 'file') return <FileIcon name={tab.path} size={14} />
  return tab.kind === 'diff' ? <GitCompare size={14} aria-hidden /> : <Bot size={14} aria-hidden />
}

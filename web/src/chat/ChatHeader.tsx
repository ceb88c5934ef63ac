import { lazy, Suspense, useState } from 'react'
import { useNavigate } from '@/lib/router'
import Download from 'lucide-react/icons/download'
import Ellipsis from 'lucide-react/icons/ellipsis'
import PanelRight from 'lucide-react/icons/panel-right'
import Pencil from 'lucide-react/icons/pencil'
import Pin from 'lucide-react/icons/pin'
import Trash from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import type { Chat } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { IconButton, Menu } from '@/ui'
import { RenameChat } from '@/shell/RenameChat'
import { changeChat, deleteChat, exportChat } from './chatActions'

const HeaderFacts = lazy(() => import('./header/HeaderFacts'))

export function ChatHeader({ chat, chatId }: { chat: Chat | undefined; chatId: string }) {
  const t = useT('chat')
  const navigate = useNavigate()
  const [renaming, setRenaming] = useState(false)
  const dockShown = useUi((state) => state.dockShown)
  const remove = async () => { if (chat && await deleteChat(chat)) await navigate({ to: '/' }) }
  return (
    <header className="talk-top">
      {renaming && chat
        ? <RenameChat chat={chat} className="talk-rename" onDone={() => setRenaming(false)} />
        : <h1 className="talk-title cut" onDoubleClick={() => setRenaming(true)}>{chat?.title || t('untitled')}</h1>}
      {chat && <Suspense><HeaderFacts chat={chat} /></Suspense>}
      <span className="grow" />
      <IconButton label={dockShown ? t('hideResults') : t('showResults')} pressed={dockShown} icon={<PanelRight size={17} />} onClick={() => useUi.setState({ dockShown: !dockShown })} />
      <Menu
        label={t('chatActions')} align="end" trigger={(props) => <IconButton label={t('chatActions')} icon={<Ellipsis size={17} />} {...props} />}
        items={[
          { id: 'rename', label: t('rename'), icon: <Pencil size={14} />, onSelect: () => setRenaming(true) },
          { id: 'pin', label: chat?.pinned ? t('unpin') : t('pin'), icon: <Pin size={14} />, onSelect: () => void changeChat(chatId, { pinned: !chat?.pinned }) },
          { id: 'md', label: t('exportMd'), icon: <Download size={14} />, onSelect: () => void exportChat(chatId, 'markdown') },
          { id: 'json', label: t('exportJson'), icon: <Download size={14} />, onSelect: () => void exportChat(chatId, 'json') },
          { id: 'line', line: true },
          { id: 'delete', label: t('remove'), icon: <Trash size={14} />, danger: true, onSelect: () => void remove() },
        ]}
      />
    </header>
  )
}

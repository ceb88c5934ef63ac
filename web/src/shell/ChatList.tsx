import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useRef, useState, type ReactNode } from 'react'
import { Link } from '@/lib/router'
import Search from 'lucide-react/icons/search'
import SquarePen from 'lucide-react/icons/square-pen'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { useChats } from '@/lib/queries'
import type { Chat } from '@/lib/types'
import { useLayers } from '@/lib/ui-store'
import { EmptyState, ErrorState, IconButton, Kbd, Spinner } from '@/ui'
import { ChatListItem, useRenaming } from './ChatListItem'
import { grouped } from './groups'
import { SearchHits } from './SearchHits'
import { TeamList } from './TeamList'

const ChatMenu = lazy(() => import('./ChatMenu'))
const ShareDialog = lazy(() => import('@/share/ShareDialog'))

/** Chats by time, the team, and search through both titles and messages. */
export function ChatList() {
  const t = useT('shell')
  const [text, setText] = useState('')
  const query = useDeferredValue(text.trim())
  const chats = useChats()
  const all = chats.data?.pages.flatMap((page) => page.items) ?? []
  const { renamed, rename, done } = useRenaming()
  const [menu, setMenu] = useState<{ chat: Chat; anchor: HTMLElement } | null>(null)
  const [shared, setShared] = useState<Chat | null>(null)
  const openMenu = useCallback((chat: Chat, anchor: HTMLElement) => setMenu({ chat, anchor }), [])
  const row = (chat: Chat) => <ChatListItem key={chat.id} chat={chat} onMenu={openMenu} isRenamed={renamed === chat.id} onRenamed={done} />
  return (
    <aside className="list" aria-label={t('chats')}>
      <div className="list-top">
        <div className="search">
          <Search size={14} aria-hidden />
          <input type="search" value={text} aria-label={t('searchChats')} placeholder={t('search')} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') setText('') }} />
          {text === ''
            ? <button type="button" className="search-key" data-tip={t('palette')} onClick={() => useLayers.setState({ palette: true })}><Kbd>Ctrl K</Kbd><span className="sr-only"> {t('palette')}</span></button>
            : <IconButton size="s" label={t('close')} icon={<X size={14} />} onClick={() => setText('')} />}
        </div>
        <Link to="/" className="icon-btn list-new" aria-label={t('newChat')} data-tip={t('newChat')} onClick={() => useLayers.setState({ list: false })}><SquarePen size={17} /></Link>
      </div>
      <div className="list-scroll">
        {query === '' ? grouped(all).map(({ id, items }) => <Group key={id} label={t(id)}>{items.map(row)}</Group>) : <Found chats={all} query={query} row={row} />}
        {chats.isPending && <div className="list-note"><Spinner label={t('loading')} /></div>}
        {chats.isError && all.length === 0 && <ErrorState error={chats.error} onRetry={() => void chats.refetch()} />}
        {chats.isSuccess && all.length === 0 && query === '' && <EmptyState title={t('noChats')}><p>{t('noChatsDetail')}</p></EmptyState>}
        {query === '' && chats.hasNextPage && <More busy={chats.isFetchingNextPage} onMore={() => void chats.fetchNextPage()} />}
      </div>
      <TeamList chats={all} />
      {menu && <Suspense><ChatMenu key={menu.chat.id} {...menu} onClose={() => setMenu(null)} onRename={rename} onShare={setShared} /></Suspense>}
      {shared && <Suspense><ShareDialog chat={shared} onClose={() => setShared(null)} /></Suspense>}
    </aside>
  )
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section aria-label={label}>
      <h2 className="list-head">{label}</h2>
      <ul>{children}</ul>
    </section>
  )
}

function Found({ chats, query, row }: { chats: Chat[]; query: string; row: (chat: Chat) => ReactNode }) {
  const words = query.toLowerCase().split(/\s+/)
  const titled = chats.filter((chat) => words.every((word) => chat.title.toLowerCase().includes(word)))
  return (
    <>
      <ul>{titled.slice(0, 12).map(row)}</ul>
      <SearchHits query={query} isEmptyBefore={titled.length === 0} />
    </>
  )
}

/** Loads the next page when it comes into view; the button is for those who do not scroll. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const t = useT('shell')
  const button = useRef<HTMLButtonElement>(null)
  const latest = useRef(onMore)
  useEffect(() => { latest.current = onMore })
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) latest.current() }, { rootMargin: '200px' })
    if (button.current) watcher.observe(button.current)
    return () => watcher.disconnect()
  }, [busy])
  return <button ref={button} type="button" className="list-more" disabled={busy} onClick={onMore}>{busy ? <Spinner label={t('loading')} /> : t('moreChats')}</button>
}

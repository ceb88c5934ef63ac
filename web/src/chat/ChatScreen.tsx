import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@/lib/router'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { keys, useApprovals } from '@/lib/queries'
import type { Chat } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { ErrorState } from '@/ui'
import { Announcer } from './Announcer'
import { ChatHeader } from './ChatHeader'
import { chatStore } from './chats'
import { Composer } from './Composer'
import { ChatContext, useList } from './context'
import { DockPane } from './DockPane'
import { OfflineHint } from './OfflineHint'
import { Talk } from './Talk'
import { TalkSkeleton } from './TalkSkeleton'
import { useDock } from './useDock'
import { useSend } from './useSend'
import './chat.css'

export default function ChatScreen() {
  const { chatId = '' } = useParams()
  return <ChatOf key={chatId} chatId={chatId} />
}

function ChatOf({ chatId }: { chatId: string }) {
  const store = chatStore(chatId)
  const dock = useDock(chatId)
  const { openArtifact } = dock
  const value = useMemo(() => ({ store, openArtifact }), [store, openArtifact])
  useEffect(() => { useUi.setState({ lastChat: chatId }) }, [chatId])
  useWaitingDecisions(chatId)
  return (
    <ChatContext value={value}>
      <div className={`chat ${dock.shown ? 'with-dock' : ''}`}>
        <Conversation chatId={chatId} />
        {dock.shown && <DockPane chatId={chatId} {...dock} />}
      </div>
    </ChatContext>
  )
}

function Conversation({ chatId }: { chatId: string }) {
  const t = useT('chat')
  const store = chatStore(chatId)
  const { status, error, order, running, paused } = useList(store)
  const { stop, pause, resume } = useSend()
  const control = useMemo(() => ({ stop: () => void stop(), pause: () => void pause(), resume }), [stop, pause, resume])
  const toEnd = useRef<() => void>(() => undefined)
  const keepEnd = useCallback((scroll: () => void) => { toEnd.current = scroll }, [])
  const chatFor = useCallback(() => Promise.resolve(chatId), [chatId])
  const chat = useQuery({ queryKey: keys.chat(chatId), queryFn: ({ signal }) => api.get<Chat>(`/my/chat/${chatId}`, {}, { signal }) }).data
  const title = chat?.title || t('untitled')
  useEffect(() => { document.title = `${title} · Entourage` }, [title])
  return (
    <section className="talk" aria-label={title}>
      <ChatHeader chat={chat} chatId={chatId} />
      {status === 'failed' && <div className="talk-box centre"><ErrorState error={error} onRetry={() => void store.load()} /></div>}
      {status === 'loading' && order.length === 0 && <TalkSkeleton />}
      {(status === 'ready' || order.length > 0) && <Talk onEnd={keepEnd} />}
      {status !== 'failed' && <OfflineHint />}
      {status !== 'failed' && <Composer chatId={chatId} chatFor={chatFor} activity={running ? (paused ? 'paused' : 'running') : 'idle'} control={control} onSent={() => requestAnimationFrame(() => toEnd.current())} />}
      <Announcer />
    </section>
  )
}

/** A snapshot names only the ids of decisions it waits for; the decisions themselves come from their own list. */
function useWaitingDecisions(chatId: string): void {
  const approvals = useApprovals().data
  useEffect(() => {
    const mine = approvals?.filter((approval) => approval.chat_id === chatId) ?? []
    if (mine.length > 0) chatStore(chatId).putApprovals(mine)
  }, [approvals, chatId])
}

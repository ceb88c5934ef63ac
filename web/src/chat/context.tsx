import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { Approval, Message } from '@/lib/types'
import type { ChatStore, ListView } from './store'

interface ChatContextValue {
  store: ChatStore
  /** Opens an artifact in the results pane. */
  openArtifact: (id: string) => void
}

export const ChatContext = createContext<ChatContextValue | null>(null)

export function useChat(): ChatContextValue {
  const value = useContext(ChatContext)
  if (!value) throw new Error('no chat around this component')
  return value
}

export function useMessage(id: string): Message | undefined {
  const { store } = useChat()
  const subscribe = useCallback((listener: () => void) => store.subscribeMessage(id, listener), [store, id])
  return useSyncExternalStore(subscribe, () => store.message(id))
}

export function useApproval(message: Message, id: string | null): Approval | undefined {
  const { store } = useChat()
  const subscribe = useCallback((listener: () => void) => store.subscribeMessage(message.id, listener), [store, message.id])
  return useSyncExternalStore(subscribe, () => (id === null ? undefined : store.approval(id)))
}

export function useList(store: ChatStore): ListView {
  return useSyncExternalStore(store.subscribeList, store.listView)
}

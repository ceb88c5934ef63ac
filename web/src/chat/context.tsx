import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import { useAgents } from '@/lib/queries'
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

const default_hues: Record<string, number> = { orchestrator: 265, universal: 230, architect: 205, coder: 150, researcher: 35, tester: 330, operator: 95 }

/** The hue of each agent by name; agents that are gone get one from their name. */
export function useHue(): (name: string) => number {
  const agents = useAgents().data
  return useCallback((name: string) => agents?.find((agent) => agent.name === name)?.hue ?? default_hues[name] ?? hash(name) % 360, [agents])
}

function hash(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7)
}

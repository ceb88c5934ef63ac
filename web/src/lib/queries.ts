import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api } from './api'
import type { Agent, Approval, Chat, Model, Page, Preferences, ToolInfo } from './types'

export const keys = {
  chats: ['chats'] as const,
  chat: (id: string) => ['chat', id] as const,
  agents: ['agents'] as const,
  models: ['models'] as const,
  tools: ['tools'] as const,
  providers: ['providers'] as const,
  preferences: ['preferences'] as const,
  approvals: ['approvals'] as const,
  artifacts: (chatId: string) => ['artifacts', chatId] as const,
  artifact: (id: string) => ['artifact', id] as const,
  setup: ['setup'] as const,
  plan: ['plan'] as const,
  routes: (chatId: string) => ['routes', chatId] as const,
}

const page_size = 30

export function useChats() {
  return useInfiniteQuery({
    queryKey: keys.chats,
    queryFn: ({ pageParam, signal }) => api.get<Page<Chat>>('/my/chat', { limit: page_size, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
}

export function useAgents() {
  return useQuery({ queryKey: keys.agents, queryFn: ({ signal }) => api.get<Page<Agent>>('/my/agents', { limit: 200 }, { signal }), select: (page) => page.items })
}

export function useModels() {
  return useQuery({ queryKey: keys.models, queryFn: ({ signal }) => api.get<{ items: Model[] }>('/my/models', {}, { signal }), select: (page) => page.items })
}

export function useTools() {
  return useQuery({ queryKey: keys.tools, queryFn: ({ signal }) => api.get<{ items: ToolInfo[] }>('/my/tools', {}, { signal }), select: (page) => page.items })
}

export function usePreferences() {
  return useQuery({ queryKey: keys.preferences, queryFn: ({ signal }) => api.get<Preferences>('/my/preferences', {}, { signal }) })
}

/** Some sources are not in the stream: their questions are found by asking. */
const approvals_ms = 10_000

export function useApprovals() {
  return useQuery({
    queryKey: keys.approvals,
    queryFn: ({ signal }) => api.get<Page<Approval>>('/my/approvals', { status: 'pending' }, { signal }),
    select: (page) => page.items,
    refetchInterval: approvals_ms,
  })
}

import type { InfiniteData } from '@tanstack/react-query'
import type { EventData, TeamEvent } from '@/lib/events'
import { live } from '@/lib/live'
import { keys } from '@/lib/queries'
import { queryClient } from '@/lib/query'
import type { Approval, Chat, Page, Routed } from '@/lib/types'
import { planKey, type Plan } from '@/lib/plan'
import { isLive } from './fold'
import { ChatStore } from './store'

const most_kept = 6
/** The lists are asked anew when the stream has begun, but not before the first screen is drawn. */
const lists_later_ms = 500
const stores = new Map<string, ChatStore>()

/** The store of a chat, made and loaded on first use; the least used ones that nobody looks at are let go. */
export function chatStore(id: string): ChatStore {
  const known = stores.get(id)
  const store = known ?? new ChatStore(id)
  stores.delete(id)
  stores.set(id, store)
  if (!known) void store.load()
  for (const [old, kept] of stores) {
    if (stores.size <= most_kept) break
    if (!kept.isShown() && old !== id) stores.delete(old)
  }
  return store
}

export function forgetChats(): void {
  stores.clear()
}

type Pages = InfiniteData<Page<Chat>, string | null>

/** Changes one chat in the cached list, without asking the server. */
export function patchChat(id: string, change: Partial<Chat>): void {
  const edit = (chat: Chat) => (chat.id === id ? { ...chat, ...change } : chat)
  queryClient.setQueryData<Pages>(keys.chats, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(edit) })) })
  queryClient.setQueryData<Chat>(keys.chat(id), (chat) => chat && edit(chat))
}

export function dropChat(id: string): void {
  stores.delete(id)
  queryClient.setQueryData<Pages>(keys.chats, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.filter((chat) => chat.id !== id) })) })
}

/** Puts a changed or new chat first in its group of the cached list. */
export function placeChat(chat: Chat): void {
  queryClient.setQueryData<Chat>(keys.chat(chat.id), chat)
  queryClient.setQueryData<Pages>(keys.chats, (data) => {
    if (!data) return data
    const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== chat.id) }))
    const first = pages[0]
    if (!first) return data
    const at = chat.pinned ? 0 : first.items.findIndex((item) => !item.pinned)
    first.items.splice(at < 0 ? first.items.length : at, 0, chat)
    return { ...data, pages }
  })
}

function setApprovals(change: (items: Approval[]) => Approval[]): void {
  queryClient.setQueryData<Page<Approval>>(keys.approvals, (page) => page && { ...page, items: change(page.items) })
}

/** A plan as the stream tells it, unless a newer one is known. */
function keepPlan(plan: Plan): void {
  const key = planKey(plan.id)
  void queryClient.cancelQueries({ queryKey: key })
  queryClient.setQueryData<Plan>(key, (known) => (known && known.version > plan.version ? known : plan))
}

/** What the router decided about a turn, beside what is known of the chat's other turns. */
function keepRoute(chatId: string, { run_id, routed }: EventData['task_queued']): void {
  if (routed) queryClient.setQueryData<Record<string, Routed>>(keys.routes(chatId), (known) => known && { ...known, [run_id]: routed })
}

function hear(event: TeamEvent): void {
  stores.get(event.session_id)?.take(event)
  switch (event.type) {
    case 'chat_updated': return placeChat(event.data.chat)
    case 'chat_deleted': return dropChat(event.data.chat_id)
    case 'message':
      if (event.parent_run_id === null && event.data.message.role === 'assistant') {
        patchChat(event.session_id, { running: isLive(event.data.message) })
      }
      return
    case 'approval_requested': {
      const { approval } = event.data
      return setApprovals((items) => [approval, ...items.filter(({ id }) => id !== approval.id)])
    }
    case 'approval_resolved': {
      const { id } = event.data.approval
      return setApprovals((items) => items.filter((item) => item.id !== id))
    }
    case 'plan_created':
    case 'plan_updated': return keepPlan(event.data.plan)
    case 'task_queued': return keepRoute(event.session_id, event.data)
    case 'artifact_created':
    case 'artifact_updated':
      void queryClient.invalidateQueries({ queryKey: keys.artifacts(event.session_id) })
      void queryClient.invalidateQueries({ queryKey: keys.artifact(event.data.artifact.id) })
      return
    default:
  }
}

/** Feeds the stream into the stores and the cached lists, for as long as somebody is signed in. */
export function followStream(): () => void {
  return live.listen({
    event: hear,
    covered: (since) => {
      for (const store of stores.values()) store.covered(since)
      setTimeout(() => {
        void queryClient.invalidateQueries({ queryKey: keys.chats })
        void queryClient.invalidateQueries({ queryKey: keys.approvals })
        void queryClient.invalidateQueries({ queryKey: keys.plan })
      }, lists_later_ms)
    },
  })
}

import type { Chat } from '@/lib/types'

export type Group = 'pinned' | 'today' | 'week' | 'earlier'

const week_days = 7

/** Chats as the list shows them: pinned first, then by the day of the last activity. Empty groups are left out. */
export function grouped(chats: readonly Chat[], now = new Date()): { id: Group; items: Chat[] }[] {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const week = new Date(now.getFullYear(), now.getMonth(), now.getDate() - week_days + 1)
  const groupOf = (chat: Chat): Group => {
    const at = new Date(chat.updated_at)
    return chat.pinned ? 'pinned' : at >= today ? 'today' : at >= week ? 'week' : 'earlier'
  }
  const ids: Group[] = ['pinned', 'today', 'week', 'earlier']
  return ids.map((id) => ({ id, items: chats.filter((chat) => groupOf(chat) === id) })).filter(({ items }) => items.length > 0)
}

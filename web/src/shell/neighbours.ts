import type { InfiniteData } from '@tanstack/react-query'
import { keys } from '@/lib/queries'
import { queryClient } from '@/lib/query'
import type { Chat, Page } from '@/lib/types'

/** The chat before or after the shown one in the list, if it is loaded. */
export function neighbourChat(pathname: string, step: number): string | null {
  const ids = queryClient.getQueryData<InfiniteData<Page<Chat>>>(keys.chats)?.pages.flatMap((page) => page.items.map(({ id }) => id)) ?? []
  const here = ids.findIndex((id) => pathname === `/chat/${id}`)
  return ids[here < 0 ? 0 : here + step] ?? null
}

import { api } from '@/lib/api'
import { saveBlob } from '@/lib/download'
import { keys } from '@/lib/queries'
import { queryClient } from '@/lib/query'
import type { Chat } from '@/lib/types'
import { translator } from '@/i18n'
import { toastError } from '@/ui'
import { dropChat, placeChat } from './chats'

export async function exportChat(id: string, format: 'markdown' | 'json'): Promise<void> {
  try {
    const answer = await api.raw(`/my/chat/${id}/export`, {}, { query: { format }, headers: { accept: '*/*' } })
    const title = (await chatOf(id)).title.trim() || 'chat'
    saveBlob(await answer.blob(), `${title.replace(/[\\/:*?"<>|]+/g, '-').slice(0, 80)}.${format === 'json' ? 'json' : 'md'}`)
  } catch (error) { toastError(error) }
}

const chatOf = (id: string): Promise<Chat> => queryClient.fetchQuery({ queryKey: keys.chat(id), queryFn: () => api.get<Chat>(`/my/chat/${id}`), staleTime: 10_000 })

export async function changeChat(id: string, change: { title?: string; pinned?: boolean; workspace_id?: string | null }): Promise<void> {
  try {
    placeChat(await api.patch<Chat>(`/my/chat/${id}`, change))
    await queryClient.invalidateQueries({ queryKey: keys.chats })
  } catch (error) { toastError(error) }
}

export async function togglePin(id: string): Promise<void> {
  await changeChat(id, { pinned: !(await chatOf(id)).pinned })
}

/** True when the chat is gone. */
export async function deleteChat(chat: Chat): Promise<boolean> {
  const t = translator('shell')
  const { confirm } = await import('@/ui/confirm')
  const sure = await confirm({ title: t('deleteChat'), detail: `${chat.title || t('untitled')}. ${t('deleteChatDetail')}`, action: t('remove'), danger: true })
  if (!sure) return false
  try {
    await api.delete(`/my/chat/${chat.id}`)
    dropChat(chat.id)
    return true
  } catch (error) { toastError(error); return false }
}

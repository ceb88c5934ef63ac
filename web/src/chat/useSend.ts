import { useMemo } from 'react'
import { api } from '@/lib/api'
import { randomId } from '@/lib/ids'
import type { Accepted, Chat, Message } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { toastError } from '@/ui'
import { patchChat } from './chats'
import { useChat } from './context'
import type { ChatStore } from './store'

export interface Outgoing { text: string; attachments?: string[]; target?: string | undefined; model?: string | null; parentId?: string | null }

/** Sends one message; the answer to the request shows it even before its event comes. */
export async function sendTo(store: ChatStore, { text, attachments = [], target, model, parentId }: Outgoing): Promise<void> {
  const body = {
    content: [{ type: 'text', text }],
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(target === undefined ? {} : { target_agent: target }),
    ...(model ? { model } : {}),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
  }
  const accepted = await api.post<Accepted>(`/my/chat/${store.id}/message/`, body, { headers: { 'idempotency-key': randomId() } })
  if (!store.message(accepted.message.id)) store.put(accepted.message)
}

/** What a person may do in the shown chat. Failures are told in a toast. */
export function useSend() {
  const { store } = useChat()
  return useMemo(() => ({
    edit: (message: Message, text: string) => {
      const attachments = message.parts.filter((part) => part.type === 'attachment').map((part) => part.attachment_id)
      return sendTo(store, { text, attachments, model: useUi.getState().model, parentId: message.parent_id }).catch(toastError)
    },
    regenerate: (id: string, model?: string) => api.post<Accepted>(`/my/chat/${store.id}/messages/${id}/regenerate`, model ? { model } : {}).catch(toastError),
    stop: () => {
      const run = store.activeRun()
      return run === null ? Promise.resolve() : api.post(`/my/runs/${run}/cancel`).catch(toastError)
    },
    /** Makes the branch through this message the active one. */
    goTo: async (messageId: string) => {
      try {
        const chat = await api.patch<Chat>(`/my/chat/${store.id}`, { active_message_id: messageId })
        patchChat(store.id, chat)
        await store.load()
      } catch (error) { toastError(error) }
    },
  }), [store])
}

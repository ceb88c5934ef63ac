import { useMemo } from 'react'
import { api } from '@/lib/api'
import { randomId } from '@/lib/ids'
import type { Accepted, Chat, Message } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { toastError } from '@/ui'
import { patchChat } from './chats'
import { useChat } from './context'
import { textOf } from './CopyButton'
import type { ChatStore } from './store'

/** What becomes of a message while a turn goes: the agent reads it on the way, it waits for its end, or it ends it. */
export type WhenBusy = 'steer' | 'enqueue' | 'interrupt'
/** Whether the request is planned, routed as usual, or answered by the agent it is for without a plan. */
export type Mode = 'auto' | 'direct' | 'plan'
export interface Outgoing { text: string; attachments?: string[]; target?: string | undefined; model?: string | null; parentId?: string | null; whenBusy?: WhenBusy | undefined; mode?: Mode }

/** Sends one message; the answer to the request shows it even before its event comes. */
export async function sendTo(store: ChatStore, { text, attachments = [], target, model, parentId, whenBusy, mode = 'auto' }: Outgoing): Promise<void> {
  const body = {
    content: [{ type: 'text', text }],
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(target === undefined ? {} : { target_agent: target }),
    ...(model ? { model } : {}),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    ...(whenBusy === undefined ? {} : { when_busy: whenBusy }),
    ...(mode === 'auto' ? {} : { mode }),
  }
  const accepted = await api.post<Accepted>(`/my/chat/${store.id}/message/`, body, { headers: { 'idempotency-key': randomId() } })
  // A word to a turn that goes is no message of its own.
  if (accepted.message && !store.message(accepted.message.id)) store.put(accepted.message)
}

/** Asks something of the run that goes; true when the server took it. */
async function toRun(store: ChatStore, door: 'cancel' | 'pause' | 'resume', body: object): Promise<boolean> {
  const run = store.activeRun()
  if (run === null) return false
  try {
    await api.post(`/my/runs/${run}/${door}`, body)
    return true
  } catch (error) { toastError(error); return false }
}

const filesOf = (message: Message): string[] => message.parts.filter((part) => part.type === 'attachment').map((part) => part.attachment_id)

/** What a person may do in the shown chat. Failures are told in a toast. */
export function useSend() {
  const { store } = useChat()
  return useMemo(() => ({
    edit: (message: Message, text: string) => {
      return sendTo(store, { text, attachments: filesOf(message), model: useUi.getState().model, parentId: message.parent_id }).catch(toastError)
    },
    /** Asks another agent the same: a branch beside the present one. */
    sendElsewhere: (asked: Message, agent: string, isLive: boolean) =>
      sendTo(store, { text: textOf(asked), attachments: filesOf(asked), target: agent, parentId: asked.parent_id, whenBusy: isLive ? 'interrupt' : undefined }).catch(toastError),
    regenerate: (id: string, model?: string) => api.post<Accepted>(`/my/chat/${store.id}/messages/${id}/regenerate`, model ? { model } : {}).catch(toastError),
    stop: () => toRun(store, 'cancel', {}),
    pause: () => toRun(store, 'pause', { how: 'pause' }),
    /** Lets the turn that rests go on, with a word to the agent or without. */
    resume: (text?: string) => toRun(store, 'resume', text === undefined ? {} : { text }),
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

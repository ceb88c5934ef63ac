import { api } from '@/lib/api'
import { request } from '@/lib/http'
import type { ArtifactType, CallStatus, DataPart, TextPart } from '@/lib/types'

export interface Share { id: string; chat_id: string; message_id: string; title: string; created_at: string }
export interface NewShare extends Share { token: string; url: string }

export interface SharedArtifact { id: string; version: number; title: string; type: ArtifactType; format: string; language: string | null; content_url: string }
export interface SharedFile { type: 'attachment'; name: string; mime: string; size: number }
export interface SharedCall { type: 'tool_call'; tool: string; status: CallStatus; artifacts: SharedArtifact[] }
export type SharedPart = TextPart | DataPart | SharedFile | SharedCall
export interface SharedMessage { role: 'user' | 'assistant'; agent: string | null; parts: SharedPart[]; created_at: string }
export interface SharedChat { title: string; shared_at: string; messages: SharedMessage[] }

export const sharesKey = (chatId: string) => ['shares', chatId] as const

export const listShares = async (chatId: string): Promise<Share[]> => (await api.get<{ items: Share[] }>(`/my/chat/${chatId}/share`)).items
export const makeShare = (chatId: string): Promise<NewShare> => api.post<NewShare>(`/my/chat/${chatId}/share`, {})
export const revokeShare = (share: Share): Promise<undefined> => api.delete(`/my/chat/${share.chat_id}/share/${share.id}`)

/** Where a link leads on this page's own server. */
export const linkOf = (share: NewShare): string => new URL(`/share/${share.token}`, location.origin).href

/** What a link shows; asked without signing in. */
export async function openShared(token: string): Promise<SharedChat> {
  const answer = await request(`/api/v1/shared/${encodeURIComponent(token)}`, { headers: { accept: 'application/json' } })
  return await answer.json() as SharedChat
}

import { api } from '@/lib/api'
import { accessToken, refresh } from '@/lib/session'
import type { Page } from '@/lib/types'

export interface TerminalInfo {
  id: string
  sandbox_id: string
  workspace_id: string | null
  title: string
  rows: number
  cols: number
  created_at: string
  status: 'running' | 'exited'
  exit_code: number | null
  offset: number
  viewers: number
  recording: boolean
}

export interface NewTerminal { workspace_id?: string; chat_id?: string; sandbox_id?: string; rows: number; cols: number; command?: string; record?: boolean }
const terminal = (id: string): string => `/my/terminals/${encodeURIComponent(id)}`

export const terminals = {
  list: (signal?: AbortSignal): Promise<Page<TerminalInfo>> => api.get('/my/terminals', { limit: 100 }, { signal }),
  open: (ask: NewTerminal): Promise<TerminalInfo> => api.post('/my/terminals', ask),
  close: (id: string): Promise<undefined> => api.delete(terminal(id)),
  record: (id: string, on: boolean): Promise<{ recording: boolean; artifact_id: string | null }> => api.post(`${terminal(id)}/record`, { on }),
}

const expired_code = 4401
/** A token that the server has refused; the next socket is opened with another. */
let refused: string | null = null

/** The socket of a terminal whose output begins after this offset, or where the server thinks best. */
export async function openSocket(id: string, after: number | null): Promise<WebSocket> {
  const token = refused === null ? await accessToken() : await refresh(refused)
  if (token === null) throw new Error('nobody is signed in')
  refused = null
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${terminal(id)}/socket${after === null ? '' : `?after=${after}`}`, ['entourage.v1', `bearer.${token}`])
  socket.addEventListener('close', ({ code }) => { if (code === expired_code) refused = token })
  return socket
}

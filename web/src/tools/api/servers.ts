import { api } from '@/lib/api'
import type { Page } from '@/lib/types'
import type { BreakerState } from './tools'

export type Transport = 'stdio' | 'http' | 'sse'
export type Balancing = 'round_robin' | 'least_connections' | 'weighted'
export const balancings: readonly Balancing[] = ['round_robin', 'least_connections', 'weighted']

/** A server that is ready to be added: what it needs is asked for, everything else is known. */
export interface Entry {
  id: string
  title: string
  description: string
  transport: Transport
  command: string
  url: string
  args: string[]
  needs: { name: string; label: string; secret: boolean; required: boolean; placeholder: string }[]
  docs: string
  tried_version: string
}

/** One of several processes or addresses; what it leaves out is as the server has it. */
export interface Replica { url?: string; command?: string; args?: string[]; env?: Record<string, string>; headers?: Record<string, string>; weight?: number }
/** A folder of the host that a process sees. */
export interface Folder { path: string; writable: boolean }
export interface Override { name?: string | null; description?: string | null; arguments?: Record<string, unknown>; hidden?: boolean }

export interface ServerBody {
  name: string
  title: string
  transport: Transport
  command: string
  args: string[]
  env: Record<string, string>
  folders: Folder[]
  network: boolean
  url: string
  headers: Record<string, string>
  replicas: Replica[]
  balancing: Balancing
  is_shared: boolean
  enabled: boolean
  idle_seconds: number | null
  timeout_seconds: number
  overrides: Record<string, Override>
}

export type ServerState = 'idle' | 'starting' | 'ready' | 'unavailable' | 'quarantined'
export interface ReplicaStatus { index: number; url: string | null; command: string | null; state: BreakerState; link: 'idle' | 'starting' | 'ready' | 'unavailable'; in_flight: number; weight: number; pid: number | null; last_error: string | null }
export interface ServerStatus {
  state: ServerState
  era: 'legacy' | 'modern' | null
  protocol_version: string | null
  server_info: { name?: string; title?: string; version?: string } | null
  pid: number | null
  replicas: ReplicaStatus[]
  tools: number
  resources: number
  prompts: number
  quarantined: number
  last_error: string | null
  started_at: string | null
}
export interface Server extends ServerBody {
  id: string
  entry: string | null
  /** False for one that comes from the server's file or that somebody else shares: its command and address are then not told. */
  is_own: boolean
  source: 'api' | 'file'
  /** Names of the vault that whoever uses it needs. */
  secrets: string[]
  quarantined: number
  status: ServerStatus
  version: number
}
/** A server and the tag under which this state of it is known. */
export interface TaggedServer { server: Server; etag: string | null }
/** What a start or a check found out. */
export interface Check { ok: boolean; error: string | null; duration_ms: number; status: ServerStatus }

export type PinState = 'accepted' | 'new' | 'changed' | 'gone'
/** A tool's definition as it was accepted, and as the server gives it now; without a name it is the server itself. */
export interface Pin { tool: string; state: PinState; before: Record<string, unknown> | null; after: Record<string, unknown> | null }
export interface LogLine { seq: number; at: string | number; level: string; stream: 'stderr' | 'log' | 'gateway'; text: string }

const most = 200
const SERVERS = '/api/v1/mcp/servers'
const at = (id: string): string => `${SERVERS}/${encodeURIComponent(id)}`

export type NewServer = Partial<ServerBody> & { name: string; entry?: string; values?: Record<string, string> }
export const servers = {
  catalogue: (signal: AbortSignal): Promise<{ items: Entry[] }> => api.get('/api/v1/mcp/catalogue', undefined, { signal }),
  list: (signal: AbortSignal): Promise<Page<Server>> => api.get(SERVERS, { limit: most }, { signal }),
  get: async (id: string, signal: AbortSignal): Promise<TaggedServer> => {
    const answer = await api.raw(at(id), {}, { signal })
    return { server: (await answer.json()) as Server, etag: answer.headers.get('etag') }
  },
  create: (body: NewServer): Promise<Server> => api.post(SERVERS, body),
  /** With a tag refused by 412 when somebody saved it since. */
  change: (id: string, body: Partial<ServerBody>, etag: string | null = null): Promise<Server> => api.patch(at(id), body, etag === null ? {} : { headers: { 'if-match': etag } }),
  remove: (id: string): Promise<undefined> => api.delete(at(id)),
  try: (id: string, what: 'start' | 'restart' | 'check'): Promise<Check> => api.post(`${at(id)}/${what}`),
  stop: (id: string): Promise<ServerStatus> => api.post(`${at(id)}/stop`),
  status: (id: string, signal: AbortSignal): Promise<ServerStatus> => api.get(`${at(id)}/status`, undefined, { signal }),
  logs: (id: string, after: number, signal: AbortSignal): Promise<{ items: LogLine[]; next: number }> => api.get(`${at(id)}/logs`, { after }, { signal }),
  pins: (id: string, signal: AbortSignal): Promise<{ items: Pin[] }> => api.get(`${at(id)}/pins`, undefined, { signal }),
  accept: (id: string, tools: string[] | '*'): Promise<{ accepted: number }> => api.post(`${at(id)}/accept`, { tools }),
}

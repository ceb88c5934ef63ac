import { api } from '@/lib/api'
import { changeSeen } from '@/lib/changeSeen'
import type { Page } from '@/lib/types'
import type { Consolidated, DocumentPage, EmbedderChoice, ForgetAsk, Forgotten, Found, GraphNode, GraphStats, Imported, Job, Memory, MemoryDocument, MemoryKind, MemorySettings, MemoryStats, NewMemory, SearchAsk, SettingsChange, Subgraph } from './types'

const page_size = 50
const memory = (id: string): string => `/my/memory/${encodeURIComponent(id)}`

export interface ListAsk { kind?: MemoryKind | ''; agent?: string; tag?: string; source?: string; q?: string; cursor?: string | null; workspace?: string }
/** What of a memory a person may change. */
export type MemoryChange = Partial<Pick<Memory, 'text' | 'tags' | 'shared' | 'importance' | 'confidence' | 'valid_until'>>

const filled = (ask: object): Record<string, string | number> => Object.fromEntries(Object.entries(ask).filter(([, value]) => value !== '' && value !== undefined && value !== null))

/** Whose memory is meant: that of a workspace; one's own when there is none. */
type In = string | undefined
const inside = (path: string, workspace: In): string => (workspace === undefined ? path : `${path}?workspace=${encodeURIComponent(workspace)}`)

export const memories = {
  list: (ask: ListAsk, signal?: AbortSignal): Promise<Page<Memory>> => api.get('/my/memory', { ...filled(ask), limit: page_size }, { signal }),
  get: (id: string, signal?: AbortSignal): Promise<Memory> => api.get(memory(id), undefined, { signal }),
  search: (ask: SearchAsk, signal?: AbortSignal): Promise<Found> => api.post('/my/memory/search', ask, { signal }),
  store: (body: NewMemory): Promise<Memory> => api.post('/my/memory', body),
  /** Refused with 412 when somebody changed it since it was seen. */
  change: ({ id, version }: Pick<Memory, 'id' | 'version'>, change: MemoryChange): Promise<Memory> => changeSeen(memory(id), version, change),
  remove: (id: string): Promise<undefined> => api.delete(memory(id)),
  forget: (ask: ForgetAsk): Promise<Forgotten> => api.post('/my/memory/forget', ask),
  consolidate: (workspace: In): Promise<Consolidated> => api.post(inside('/my/memory/consolidate', workspace)),
  download: async (workspace: In): Promise<Blob> => (await api.raw(inside('/my/memory/export', workspace), {}, { headers: { accept: 'application/x-ndjson' } })).blob(),
  carryIn: async (file: File, workspace: In): Promise<Imported> => {
    const answer = await api.raw(inside('/my/memory/import', workspace), { method: 'POST', body: file }, { headers: { 'content-type': 'application/x-ndjson' } })
    return (await answer.json()) as Imported
  },
  stats: (workspace: In, signal?: AbortSignal): Promise<MemoryStats> => api.get('/my/memory/stats', { workspace }, { signal }),
  settings: (workspace: In, signal?: AbortSignal): Promise<MemorySettings> => api.get('/my/memory/settings', { workspace }, { signal }),
  saveSettings: (settings: SettingsChange, workspace: In): Promise<MemorySettings> => api.put(inside('/my/memory/settings', workspace), settings),
  embedders: (workspace: In, signal?: AbortSignal): Promise<{ items: EmbedderChoice[] }> => api.get('/my/memory/embedders', { workspace }, { signal }),
}

/** What can be taken in without a file. */
export interface IngestAsk { workspace?: string | undefined; url?: string; text?: string; name?: string; tags?: string[] }
const job = (id: string): string => `/my/memory/jobs/${encodeURIComponent(id)}`
const document = (id: string): string => `/my/memory/documents/${encodeURIComponent(id)}`

export const documents = {
  jobs: (workspace: In, signal?: AbortSignal): Promise<Page<Job>> => api.get('/my/memory/jobs', { limit: 20, workspace }, { signal }),
  ingest: (ask: IngestAsk): Promise<Job> => api.post('/my/memory/ingest', ask),
  upload: (form: FormData, onProgress: (share: number) => void, signal: AbortSignal): Promise<Job> => api.upload('/my/memory/ingest', form, { onProgress, signal }),
  act: (id: string, act: 'cancel' | 'retry'): Promise<Job> => api.post(`${job(id)}/${act}`),
  list: (workspace: In, cursor: string | null, signal?: AbortSignal): Promise<Page<MemoryDocument>> => api.get('/my/memory/documents', { limit: page_size, cursor, workspace }, { signal }),
  get: (id: string, cursor: string | null, signal?: AbortSignal): Promise<DocumentPage> => api.get(document(id), { limit: page_size, cursor }, { signal }),
  remove: (id: string): Promise<undefined> => api.delete(document(id)),
}

export interface NodeAsk { q?: string; kind?: string; cursor?: string | null; limit?: number }

export const graph = {
  stats: (signal?: AbortSignal): Promise<GraphStats> => api.get('/my/graph/stats', undefined, { signal }),
  nodes: ({ limit = page_size, ...ask }: NodeAsk, signal?: AbortSignal): Promise<Page<GraphNode>> => api.get('/my/graph/nodes', { ...filled(ask), limit }, { signal }),
  best: (limit: number, signal?: AbortSignal): Promise<Subgraph> => api.get('/my/graph/subgraph', { limit }, { signal }),
  neighbours: (id: string, limit: number, signal?: AbortSignal): Promise<Subgraph> => api.get('/my/graph/neighbours', { id, limit }, { signal }),
  path: (from: string, to: string, signal?: AbortSignal): Promise<Subgraph> => api.get('/my/graph/path', { from, to }, { signal }),
  remove: (id: string): Promise<undefined> => api.delete(`/my/graph/nodes/${encodeURIComponent(id)}`),
}

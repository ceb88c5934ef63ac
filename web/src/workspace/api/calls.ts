import { api } from '@/lib/api'
import type { Page } from '@/lib/types'
import type { Branches, Change, Commit, Entry, FileDiff, Found, GitStatus, ImportJob, Member, Metrics, NewWorkspace, Role, Sandbox, SearchAsk, Snapshot, TrashItem, Tree, Workspace } from './types'

const at = (id: string): string => `/api/v1/workspaces/${encodeURIComponent(id)}`
const bytes = { 'content-type': 'application/octet-stream' }

export const workspaces = {
  list: (signal?: AbortSignal): Promise<Page<Workspace>> => api.get('/api/v1/workspaces', { limit: 100 }, { signal }),
  get: (id: string, signal?: AbortSignal): Promise<Workspace> => api.get(at(id), undefined, { signal }),
  create: (body: NewWorkspace): Promise<Workspace> => api.post('/api/v1/workspaces', body),
  /** Refused with 412 when somebody changed it since it was seen. */
  change: ({ id, version }: Pick<Workspace, 'id' | 'version'>, change: Partial<NewWorkspace>): Promise<Workspace> => api.patch(at(id), change, { headers: { 'if-match': `"${version}"` } }),
  remove: (id: string): Promise<undefined> => api.delete(at(id)),
  archive: async (id: string, path: string): Promise<Blob> => (await api.raw(`${at(id)}/archive`, {}, { query: { path, format: 'zip' }, headers: { accept: '*/*' } })).blob(),
}

export const members = {
  list: async (id: string, signal?: AbortSignal): Promise<Member[]> => (await api.get<{ items: Member[] }>(`${at(id)}/members`, undefined, { signal })).items,
  add: (id: string, email: string, role: Role): Promise<Member> => api.post(`${at(id)}/members`, { email, role }),
  change: (id: string, user: string, role: Role): Promise<Member> => api.patch(`${at(id)}/members/${encodeURIComponent(user)}`, { role }),
  remove: (id: string, user: string): Promise<undefined> => api.delete(`${at(id)}/members/${encodeURIComponent(user)}`),
}

/** A file's bytes with the tag that a later save must give back. */
export interface Fetched { bytes: ArrayBuffer; etag: string; mime: string }

export const files = {
  tree: (id: string, path: string, hidden: boolean, signal?: AbortSignal): Promise<Tree> => api.get(`${at(id)}/tree`, { path, depth: 1, ...(hidden && { hidden }) }, { signal }),
  read: async (id: string, path: string, signal?: AbortSignal): Promise<Fetched> => {
    const answer = await api.raw(`${at(id)}/file`, {}, { query: { path }, headers: { accept: '*/*' }, signal })
    return { bytes: await answer.arrayBuffer(), etag: answer.headers.get('etag') ?? '', mime: answer.headers.get('x-file-type') ?? '' }
  },
  /** Writes the file as it was seen: `etag` null says that it must not be there yet. 412 when it moved on. */
  write: async (id: string, path: string, body: Blob, etag: string | null): Promise<Entry> => {
    const seen: Record<string, string> = etag === null ? { 'if-none-match': '*' } : { 'if-match': etag }
    const answer = await api.raw(`${at(id)}/file`, { method: 'PUT', body }, { query: { path }, headers: { ...bytes, ...seen } })
    return (await answer.json()) as Entry
  },
  remove: (id: string, path: string): Promise<undefined> => api.delete(`${at(id)}/file`, { query: { path } }),
  makeFolder: (id: string, path: string): Promise<Entry> => api.post(`${at(id)}/folder`, { path }),
  move: (id: string, from: string, to: string): Promise<Entry> => api.post(`${at(id)}/move`, { from, to }),
  copy: (id: string, from: string, to: string): Promise<Entry> => api.post(`${at(id)}/copy`, { from, to }),
  upload: (id: string, path: string, form: FormData, { unpack = false, ...sending }: { onProgress: (share: number) => void; signal: AbortSignal; unpack?: boolean }): Promise<unknown> =>
    api.upload(`${at(id)}/upload?${new URLSearchParams({ path, ...(unpack && { unpack: 'true' }) })}`, form, sending),
  unpack: (id: string, path: string): Promise<unknown> => api.post(`${at(id)}/unpack`, { path }),
  search: (id: string, ask: SearchAsk, signal?: AbortSignal): Promise<Found> => api.get(`${at(id)}/search`, { ...ask }, { signal }),
}

export const trash = {
  list: async (id: string, signal?: AbortSignal): Promise<TrashItem[]> => (await api.get<{ items: TrashItem[] }>(`${at(id)}/trash`, undefined, { signal })).items,
  restore: (id: string, item: string): Promise<Entry> => api.post(`${at(id)}/trash/${encodeURIComponent(item)}/restore`),
  remove: (id: string, item: string): Promise<undefined> => api.delete(`${at(id)}/trash/${encodeURIComponent(item)}`),
  empty: (id: string): Promise<undefined> => api.delete(`${at(id)}/trash`),
}

export interface ImportAsk { url: string; ref?: string }
export const imports = {
  list: async (id: string, signal?: AbortSignal): Promise<ImportJob[]> => (await api.get<{ items: ImportJob[] }>(`${at(id)}/imports`, undefined, { signal })).items,
  start: (id: string, ask: ImportAsk): Promise<ImportJob> => api.post(`${at(id)}/import`, ask),
  cancel: (id: string, job: string): Promise<ImportJob> => api.post(`${at(id)}/imports/${encodeURIComponent(job)}/cancel`),
}

export type GitAct = 'stage' | 'unstage' | 'discard'
export const git = {
  status: (id: string, signal?: AbortSignal): Promise<GitStatus> => api.get(`${at(id)}/git/status`, undefined, { signal }),
  diff: (id: string, path: string, staged: boolean, signal?: AbortSignal): Promise<{ files: FileDiff[]; truncated: boolean }> => api.get(`${at(id)}/git/diff`, { path, staged }, { signal }),
  log: (id: string, skip: number, signal?: AbortSignal): Promise<{ commits: Commit[]; has_more: boolean }> => api.get(`${at(id)}/git/log`, { limit: 30, skip }, { signal }),
  branches: (id: string, signal?: AbortSignal): Promise<Branches> => api.get(`${at(id)}/git/branches`, undefined, { signal }),
  act: (id: string, act: GitAct, paths: string[]): Promise<GitStatus> => api.post(`${at(id)}/git/${act}`, { paths }),
  commit: (id: string, message: string): Promise<Pick<Commit, 'id' | 'short' | 'subject'>> => api.post(`${at(id)}/git/commit`, { message }),
  init: (id: string): Promise<unknown> => api.post(`${at(id)}/git/init`),
  checkout: (id: string, branch: string, create: boolean): Promise<unknown> => api.post(`${at(id)}/git/checkout`, { branch, ...(create && { create }) }),
}

export type Verdict = 'accept' | 'revert'
export const changes = {
  list: async (id: string, signal?: AbortSignal): Promise<Change[]> => (await api.get<{ files: Change[] }>(`${at(id)}/changes`, undefined, { signal })).files,
  /** Judges some hunks of a file, or all of it; 412 when the file moved on. Gives what is left of it. */
  judge: async (id: string, verdict: Verdict, { path, etag }: Pick<Change, 'path' | 'etag'>, hunks?: string[]): Promise<Change[]> =>
    (await api.post<{ files: Change[] }>(`${at(id)}/changes/${verdict}`, { path, etag, ...(hunks && { hunks }) })).files,
}

const sandbox = (id: string): string => `/my/sandboxes/${encodeURIComponent(id)}`
export const sandboxes = {
  list: (signal?: AbortSignal): Promise<Page<Sandbox>> => api.get('/my/sandboxes', { limit: 100 }, { signal }),
  create: (ask: { workspace_id?: string; snapshot_id?: string }): Promise<Sandbox> => api.post('/my/sandboxes', ask),
  metrics: (id: string, signal?: AbortSignal): Promise<Metrics> => api.get(`${sandbox(id)}/metrics`, undefined, { signal }),
  act: (id: string, act: 'pause' | 'resume'): Promise<Sandbox> => api.post(`${sandbox(id)}/${act}`),
  extend: (id: string, seconds: number): Promise<Sandbox> => api.post(`${sandbox(id)}/timeout`, { seconds }),
  network: (id: string, allow: string[]): Promise<Sandbox> => api.put(`${sandbox(id)}/network`, { allow }),
  kill: (id: string): Promise<undefined> => api.delete(sandbox(id)),
  keep: (id: string): Promise<Snapshot> => api.post(`${sandbox(id)}/snapshots`, {}),
  snapshots: (signal?: AbortSignal): Promise<Page<Snapshot>> => api.get('/my/sandbox-snapshots', { limit: 100 }, { signal }),
  forget: (id: string): Promise<undefined> => api.delete(`/my/sandbox-snapshots/${encodeURIComponent(id)}`),
}

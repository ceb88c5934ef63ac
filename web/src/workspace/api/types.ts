/** What the doors of workspaces and sandboxes say. Times are RFC 3339. */

export type Role = 'owner' | 'editor' | 'viewer'
export interface Usage { bytes: number; files: number; quota_bytes: number }
export interface Workspace {
  id: string
  name: string
  description: string
  role: Role
  owner: { id: string; full_name: string }
  settings: Record<string, unknown>
  usage: Usage
  git: boolean
  created_at: string
  updated_at: string
  version: number
}
export interface NewWorkspace { name: string; description?: string }
export interface Member { user_id: string; email: string; full_name: string; role: Role; since: string }

export type EntryKind = 'file' | 'folder' | 'link' | 'other'
export type Mark = 'M' | 'A' | 'D' | '?' | (string & {})
export interface Entry { path: string; name: string; kind: EntryKind; size: number; modified_at: string; etag: string | null; mime: string | null; git: Mark | null }
export interface Tree { entries: Entry[]; truncated: boolean }

export interface Match { path: string; line: number; column: number; text: string }
export interface Found { matches: Match[]; files_searched: number; truncated: boolean }
export interface SearchAsk { q: string; regex?: boolean; case?: boolean; glob?: string; limit?: number }

export interface TrashItem { id: string; path: string; name: string; kind: EntryKind; size: number; deleted_at: string; deleted_by: { id: string; full_name: string } | null; agent: string | null }

export type ImportStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export interface ImportJob {
  id: string
  workspace_id: string
  kind: 'git' | 'archive' | (string & {})
  source: string
  path: string
  status: ImportStatus
  phase: string | null
  progress: { received_bytes: number; total_bytes: number | null; files: number }
  error: { code: string; detail: string } | null
  created_at: string
  ended_at: string | null
}

export interface GitFile { path: string; index: string; work_tree: string; from: string | null }
export interface GitStatus { is_repository: boolean; branch: string | null; upstream: string | null; ahead: number; behind: number; head: string | null; files: GitFile[] }
export interface Hunk { id: string; header: string; old_start: number; old_lines: number; new_start: number; new_lines: number; lines: string[] }
export interface FileDiff { path: string; from: string | null; kind: 'added' | 'changed' | 'deleted' | 'moved'; binary: boolean; added: number; removed: number; hunks: Omit<Hunk, 'id'>[] }
export interface Commit { id: string; short: string; author: string; email: string; at: string; subject: string; body: string; refs: string[] }
export interface Branches { current: string | null; branches: { name: string; remote: boolean; commit: string; subject: string; at: string }[] }

/** What an agent changed in a file and nobody has looked at yet. */
export interface Change { path: string; kind: 'added' | 'changed' | 'deleted'; agent: string; run_id: string | null; chat_id: string | null; changed_at: string; etag: string; hunks: Hunk[]; binary: boolean; too_large: boolean; old_size: number | null; new_size: number | null; revertible: boolean }

export interface Metrics { cpu_seconds: number; cpu_percent: number; memory_bytes: number; memory_limit_bytes: number; processes: number; disk_bytes: number; disk_limit_bytes: number; files: number }
export interface Snapshot {
  id: string
  name: string | null
  sandbox_id: string
  size_bytes: number
  created_at: string
}

export interface Sandbox {
  id: string
  backend: string
  status: 'running' | 'paused' | 'ended'
  workspace_id: string | null
  chat_id: string | null
  metadata: Record<string, string>
  network: { allow: string[] }
  created_at: string
  expires_at: string | null
  ended_at: string | null
  ended_because: string | null
  seconds: number
  cost_usd: string
  files_only: boolean
  metrics: Metrics | null
}

export type PathKind = 'written' | 'deleted' | 'moved' | 'folder'
/** One thing that happened to a path; `from` is where a moved one was. */
export interface PathChange { path: string; kind: PathKind; from?: string | null; etag?: string | null }
export interface WorkspaceChanged { workspace_id: string; paths: PathChange[]; truncated?: boolean; by: { user_id?: string | null; agent?: string | null; process?: string | null } }

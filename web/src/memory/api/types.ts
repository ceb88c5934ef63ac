/** What the doors of memory and graph say. Times are RFC 3339. */

import type { Page } from '@/lib/types'

export type MemoryKind = 'interaction' | 'document' | 'fact'
export type SourceType = 'chat' | 'file' | 'artifact' | 'url' | 'person' | 'agent' | 'import' | 'repository'

/** Where a memory comes from. */
export interface Source {
  type: SourceType
  id?: string | null
  name?: string | null
  url?: string | null
  session_id?: string | null
  message_id?: string | null
  page?: number | null
  line?: number | null
  chunk?: number | null
}

export interface Memory {
  id: string
  kind: MemoryKind
  text: string
  /** Whose it is; null when it belongs to nobody in the team. */
  agent: string | null
  /** Whether the other agents may recall it too. */
  shared: boolean
  source: Source
  document_id: string | null
  language: string | null
  tags: string[]
  confidence: number | null
  importance: number
  valid_from: string | null
  valid_until: string | null
  uses: number
  used_at: string | null
  created_at: string
  updated_at: string
  version: number
  metadata: Record<string, unknown>
  /** Whether it can be found by meaning already. */
  indexed: boolean
  /** Why it cannot be found by meaning. */
  error: string | null
  /** How often the same was said again. */
  repeats: number
  /** The workspace whose members share it, and who of them said it; null for one's own. */
  workspace: string | null
  author: Author | null
}

export interface Author { id: string; name: string }

export interface NewMemory { text: string; workspace?: string; kind?: MemoryKind; agent?: string | null; shared?: boolean; tags?: string[]; importance?: number; confidence?: number | null; valid_until?: string | null }

export type SearchMode = 'hybrid' | 'dense' | 'sparse'
export interface SearchAsk {
  query: string
  kinds?: MemoryKind[]
  agents?: string[]
  tags?: string[]
  after?: string
  before?: string
  mode?: SearchMode
  /** How many hops in the graph what was found may lead on to more. */
  graph?: 0 | 1 | 2
  rerank?: boolean
  limit?: number
  workspace?: string
  /** Whether the memories of all one's workspaces are looked into, too. */
  workspaces?: boolean
}
export interface Why {
  dense: { rank: number; score: number } | null
  sparse: { rank: number; score: number; terms: string[] } | null
  graph: { path: string[]; weight: number } | null
  rerank: { score: number } | null
  text: string
}
export interface Hit { memory: Memory; score: number; why: Why }
export interface Found { items: Hit[]; embedder: string; mode: SearchMode; took_ms: number }

export interface ForgetAsk { ids?: string[]; query?: string; min_score?: number; document_id?: string; agent?: string; before?: string; workspace?: string; dry_run?: boolean }
/** How many were forgotten or would be; `ids` are the first thousand, `items` the first few with their words. */
export interface Forgotten { forgotten: number; ids: string[]; items: Memory[] }
export interface Imported { imported: number; skipped: number; failed: number; errors: { line: number; detail: string }[] }
export interface Consolidated { looked_at: number; merged: number }

export interface Reindex { from: string; to: string; done: number; total: number }
export interface MemoryStats {
  counts: Record<MemoryKind, number>
  /** Not to be found by meaning yet. */
  pending: number
  /** Cannot be found by meaning: the embedder did not take them. */
  failed: number
  embedder: { id: string; model: string; dimensions: number; local: boolean }
  /** The move to another embedder, while it goes on: the old one serves meanwhile. */
  reindex: Reindex | null
  collections: { name: string; points: number }[]
  caps: { max_memories: number; keep_interactions_days: number }
}
export type Extraction = 'auto' | 'rules' | 'off'
export interface MemorySettings { embedder: string; remember: boolean; extract: Extraction; max_memories: number; keep_interactions_days: number; version: number }
export type SettingsChange = Partial<Omit<MemorySettings, 'version'>>
export interface EmbedderChoice { id: string; model: string; dimensions: number | null; local: boolean; provider: string | null; available: boolean; /** What to know before choosing it. */ note: string | null; is_active: boolean }

export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export type FileStatus = 'waiting' | 'reading' | 'indexing' | 'done' | 'failed' | 'unchanged' | 'cancelled'
export interface FileError { code: string; detail: string }
export interface JobFile {
  id: string
  document_id: string | null
  name: string
  type: string | null
  bytes: number
  status: FileStatus
  error: FileError | null
  chunks: number
  indexed: number
}
export interface Job { id: string; status: JobStatus; progress: number; /** The first of them, those that failed before the others. */ files: JobFile[]; files_total: number; files_failed: number; /** Not worth reading, such as what Git ignores. */ skipped: number; created_at: string; ended_at: string | null; workspace: string | null; author: Author | null }

export interface MemoryDocument {
  id: string
  name: string
  type: string | null
  bytes: number
  chunks: number
  status: string
  error: FileError | null
  source: Source
  tags: string[]
  created_at: string
  author: Author | null
}
/** A document with a page of the pieces that were read from it. */
export interface DocumentPage extends Omit<MemoryDocument, 'chunks'> { chunks: Page<Memory>; chunks_total: number }

export interface GraphNode { id: string; kind: string; name: string; props: Record<string, unknown>; degree: number }
export interface GraphEdge { source: string; target: string; type: string; weight: number; props: Record<string, unknown> }
export interface Subgraph { nodes: GraphNode[]; edges: GraphEdge[]; truncated: boolean }
export interface GraphStats { nodes: number; edges: number; kinds: Record<string, number>; types: Record<string, number>; engine: 'sql' | 'neo4j' }

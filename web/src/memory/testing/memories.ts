import type { GraphEdge, GraphNode, Job, JobFile, Memory } from '../api/types'

export const memoryOf = (change: Partial<Memory> = {}): Memory => ({
  id: 'm1', kind: 'fact', text: 'Releases go out on Thursdays.', agent: null, shared: true, source: { type: 'person' }, document_id: null, language: 'en', tags: [], confidence: 0.9, importance: 0.5,
  valid_from: null, valid_until: null, uses: 0, used_at: null, created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T10:00:00Z', version: 1, metadata: {}, indexed: true, error: null, repeats: 0, workspace: null, author: null, ...change,
})

export const fileOf = (change: Partial<JobFile> = {}): JobFile => ({ id: 'f1', document_id: 'd1', name: 'a.md', type: 'text/markdown', bytes: 120, status: 'waiting', error: null, chunks: 0, indexed: 0, ...change })
export const jobOf = (change: Partial<Job> = {}): Job => ({ id: 'j1', status: 'running', progress: 0, files: [fileOf()], files_total: 1, files_failed: 0, skipped: 0, created_at: '2026-11-20T10:00:00Z', ended_at: null, workspace: null, author: null, ...change })

export const nodeOf = (id: string, change: Partial<GraphNode> = {}): GraphNode => ({ id, kind: 'Concept', name: id, props: {}, degree: 0, ...change })
export const edgeOf = (source: string, target: string, change: Partial<GraphEdge> = {}): GraphEdge => ({ source, target, type: 'RELATES_TO', weight: 1, props: {}, ...change })

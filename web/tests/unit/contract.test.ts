import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Plan, PlanTask, TaskBody } from '@/lib/plan'
import type * as memory from '@/memory/api/types'
import type { Agent, Preferences } from '@/lib/types'
import type { Experiment, Fragment, FragmentVersion, Result, Variant } from '@/prompts/api'
import type { NewTerminal, TerminalInfo } from '@/terminal/calls'
import type * as workspace from '@/workspace/api/types'
import type { Fork, Queue, QueueDetail, Run, Schedule, Step, Totals } from '@/runs/api/types'

interface Schema { properties: Record<string, unknown> }
const file = fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url))
const { schemas } = (JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Schema> } }).components

/** The names of a type's fields; the compiler refuses one that is missing or too many. */
const fields = <Type>(names: Record<keyof Required<Type>, 1>): string[] => Object.keys(names)

const task = { key: 1, title: 1, agent: 1, instructions: 1, depends_on: 1, on_failure: 1, max_attempts: 1 } as const
const queue = { agent: 1, running: 1, waiting: 1, paused: 1, dead: 1, max_running: 1, max_waiting: 1, oldest_ms: 1, wait_p50_ms: 1, wait_p95_ms: 1, ended_1h: 1, failed_1h: 1 } as const
const spoken: Record<string, string[]> = {
  Run: fields<Run>({
    id: 1, chat_id: 1, message_id: 1, parent_run_id: 1, agent: 1, model: 1, task: 1, status: 1, kind: 1, priority: 1, attempts: 1, dead: 1, plan_id: 1, task_key: 1, forked_from: 1, forked_at: 1, routed: 1, variant: 1, usage: 1,
    created_at: 1, started_at: 1, ended_at: 1, message: 1,
  }),
  Step: fields<Step>({
    ordinal: 1, kind: 1, key: 1, agent: 1, title: 1, status: 1, started_at: 1, ended_at: 1, duration_ms: 1, model: 1, tool: 1, tool_call_id: 1, input: 1, output: 1, usage: 1, artifacts: 1, child_run_id: 1, copied: 1,
  }),
  RunTotals: fields<Totals>({ steps: 1, duration_ms: 1, input_tokens: 1, output_tokens: 1, cost_usd: 1 }),
  ForkRun: fields<Fork>({ at: 1, text: 1, result: 1, note: 1, agent: 1, model: 1 }),
  Plan: fields<Plan>({
    id: 1, session_id: 1, run_id: 1, message_id: 1, goal: 1, status: 1, reason: 1, approval: 1, approval_id: 1, version: 1, replans: 1, tasks: 1, created_at: 1, started_at: 1, ended_at: 1, duration_ms: 1, cost_usd: 1,
  }),
  PlanTask: fields<PlanTask>({ ...task, status: 1, run_id: 1, attempts: 1, started_at: 1, ended_at: 1, duration_ms: 1, cost_usd: 1, summary: 1, error: 1, artifacts: 1, result_path: 1 }),
  TaskFields: fields<TaskBody>(task),
  Queue: fields<Queue>(queue),
  QueueWithRuns: fields<QueueDetail>({ ...queue, items: 1 }),
  Schedule: fields<Schedule>({ id: 1, name: 1, cron: 1, timezone: 1, text: 1, agent: 1, session_id: 1, mode: 1, status: 1, next_at: 1, last_at: 1, last_run_id: 1, last_status: 1, error: 1, version: 1 }),
  Prompt: fields<Fragment>({ id: 1, name: 1, description: 1, text: 1, version: 1, updated_at: 1 }),
  PromptVersion: fields<FragmentVersion>({ version: 1, text: 1, restored_from: 1, created_at: 1 }),
  Experiment: fields<Experiment>({ id: 1, name: 1, agent: 1, sticky: 1, variants: 1, status: 1, version: 1 }),
  Variant: fields<Variant>({ name: 1, weight: 1, instructions: 1 }),
  VariantResult: fields<Result>({ variant: 1, runs: 1, succeeded: 1, failed: 1, success_low: 1, success_high: 1, is_small_sample: 1, mean_cost_usd: 1, mean_tokens: 1, p50_ms: 1, p95_ms: 1, steps: 1 }),
  Agent: fields<Pick<Agent, 'paused' | 'fragments' | 'memory'>>({ paused: 1, fragments: 1, memory: 1 }),
  Preferences: fields<Pick<Preferences, 'plans' | 'routing' | 'memory'>>({ plans: 1, routing: 1, memory: 1 }),
  Memory: fields<memory.Memory>({
    id: 1, kind: 1, text: 1, agent: 1, shared: 1, source: 1, document_id: 1, language: 1, tags: 1, confidence: 1, importance: 1, repeats: 1, valid_from: 1, valid_until: 1, uses: 1, used_at: 1, created_at: 1, updated_at: 1,
    version: 1, metadata: 1, indexed: 1, error: 1, author: 1, workspace: 1,
  }),
  NewMemory: fields<memory.NewMemory>({ workspace: 1, text: 1, kind: 1, agent: 1, shared: 1, tags: 1, importance: 1, confidence: 1, valid_until: 1 }),
  MemorySearch: fields<memory.SearchAsk>({ query: 1, kinds: 1, agents: 1, tags: 1, after: 1, before: 1, mode: 1, graph: 1, rerank: 1, limit: 1, workspace: 1, workspaces: 1 }),
  FoundMemory: fields<memory.Hit>({ memory: 1, score: 1, why: 1 }),
  Why: fields<memory.Why>({ dense: 1, sparse: 1, graph: 1, rerank: 1, text: 1 }),
  entourage__memory__search_schemas__Found: fields<memory.Found>({ items: 1, embedder: 1, mode: 1, took_ms: 1 }),
  Forget: fields<memory.ForgetAsk>({ ids: 1, query: 1, min_score: 1, document_id: 1, agent: 1, before: 1, dry_run: 1, workspace: 1 }),
  Forgotten: fields<memory.Forgotten>({ forgotten: 1, ids: 1, items: 1 }),
  entourage__memory__schemas__Imported: fields<memory.Imported>({ imported: 1, skipped: 1, failed: 1, errors: 1 }),
  Consolidated: fields<memory.Consolidated>({ looked_at: 1, merged: 1 }),
  MemoryStats: fields<memory.MemoryStats>({ counts: 1, pending: 1, failed: 1, embedder: 1, reindex: 1, collections: 1, caps: 1 }),
  Reindex: fields<memory.Reindex>({ from: 1, to: 1, done: 1, total: 1 }),
  MemorySettings: fields<memory.MemorySettings>({ embedder: 1, remember: 1, extract: 1, max_memories: 1, keep_interactions_days: 1, version: 1 }),
  entourage__memory__setting_schemas__ChangeSettings: fields<memory.SettingsChange>({ embedder: 1, remember: 1, extract: 1, max_memories: 1, keep_interactions_days: 1 }),
  EmbedderOut: fields<memory.EmbedderChoice>({ id: 1, model: 1, dimensions: 1, local: 1, provider: 1, available: 1, note: 1, is_active: 1 }),
  Job: fields<memory.Job>({ id: 1, status: 1, progress: 1, files: 1, files_total: 1, files_failed: 1, skipped: 1, created_at: 1, ended_at: 1, author: 1, workspace: 1 }),
  JobFile: fields<memory.JobFile>({ id: 1, document_id: 1, name: 1, type: 1, bytes: 1, status: 1, error: 1, chunks: 1, indexed: 1 }),
  Document: fields<memory.MemoryDocument>({ id: 1, name: 1, type: 1, bytes: 1, chunks: 1, status: 1, error: 1, source: 1, tags: 1, created_at: 1, author: 1 }),
  DocumentWithChunks: fields<Pick<memory.DocumentPage, 'chunks' | 'chunks_total'>>({ chunks: 1, chunks_total: 1 }),
  GraphNode: fields<memory.GraphNode>({ id: 1, kind: 1, name: 1, props: 1, degree: 1 }),
  GraphEdge: fields<memory.GraphEdge>({ source: 1, target: 1, type: 1, weight: 1, props: 1 }),
  GraphPart: fields<memory.Subgraph>({ nodes: 1, edges: 1, truncated: 1 }),
  entourage__workspaces__file_schemas__Found: fields<workspace.Match>({ path: 1, line: 1, column: 1, text: 1 }),
  Findings: fields<workspace.Found>({ matches: 1, files_searched: 1, truncated: 1 }),
  Workspace: fields<workspace.Workspace>({ id: 1, name: 1, description: 1, role: 1, owner: 1, settings: 1, usage: 1, git: 1, created_at: 1, updated_at: 1, version: 1 }),
  NewWorkspace: fields<workspace.NewWorkspace>({ name: 1, description: 1 }),
  Member: fields<workspace.Member>({ user_id: 1, email: 1, full_name: 1, role: 1, since: 1 }),
  TreeEntry: fields<workspace.Entry>({ path: 1, name: 1, kind: 1, size: 1, modified_at: 1, etag: 1, mime: 1, git: 1 }),
  TrashItem: fields<workspace.TrashItem>({ id: 1, path: 1, name: 1, kind: 1, size: 1, deleted_at: 1, deleted_by: 1, agent: 1 }),
  Import: fields<workspace.ImportJob>({ id: 1, workspace_id: 1, kind: 1, source: 1, path: 1, status: 1, phase: 1, progress: 1, error: 1, created_at: 1, ended_at: 1 }),
  Progress: fields<workspace.ImportJob['progress']>({ received_bytes: 1, total_bytes: 1, files: 1 }),
  GitStatus: fields<workspace.GitStatus>({ is_repository: 1, branch: 1, upstream: 1, ahead: 1, behind: 1, head: 1, files: 1 }),
  GitFile: fields<workspace.GitFile>({ path: 1, index: 1, work_tree: 1, from: 1 }),
  GitDiffFile: fields<workspace.FileDiff>({ path: 1, from: 1, kind: 1, binary: 1, added: 1, removed: 1, hunks: 1 }),
  GitCommit: fields<workspace.Commit>({ id: 1, short: 1, author: 1, email: 1, at: 1, subject: 1, body: 1, refs: 1 }),
  GitBranches: fields<workspace.Branches>({ current: 1, branches: 1 }),
  ChangedFile: fields<workspace.Change>({ path: 1, kind: 1, agent: 1, run_id: 1, chat_id: 1, changed_at: 1, etag: 1, hunks: 1, binary: 1, too_large: 1, old_size: 1, new_size: 1, revertible: 1 }),
  ChangeHunk: fields<workspace.Hunk>({ id: 1, header: 1, old_start: 1, old_lines: 1, new_start: 1, new_lines: 1, lines: 1 }),
  SnapshotOut: fields<workspace.Snapshot>({ id: 1, name: 1, sandbox_id: 1, size_bytes: 1, created_at: 1 }),
  SandboxOut: fields<workspace.Sandbox>({
    id: 1, backend: 1, status: 1, workspace_id: 1, chat_id: 1, metadata: 1, network: 1, created_at: 1, expires_at: 1, ended_at: 1, ended_because: 1, seconds: 1, cost_usd: 1, files_only: 1, metrics: 1,
  }),
  MetricsOut: fields<workspace.Metrics>({ cpu_seconds: 1, cpu_percent: 1, memory_bytes: 1, memory_limit_bytes: 1, processes: 1, disk_bytes: 1, disk_limit_bytes: 1, files: 1 }),
  Terminal: fields<TerminalInfo>({ id: 1, sandbox_id: 1, workspace_id: 1, title: 1, rows: 1, cols: 1, created_at: 1, status: 1, exit_code: 1, offset: 1, viewers: 1, recording: 1 }),
  NewTerminal: fields<NewTerminal>({ workspace_id: 1, chat_id: 1, sandbox_id: 1, rows: 1, cols: 1, command: 1, record: 1 }),
  GraphStats: fields<memory.GraphStats>({ nodes: 1, edges: 1, kinds: 1, types: 1, engine: 1 }),
}

test.each(Object.entries(spoken))('the server knows every field of %s that the client speaks of', (name, known) => {
  expect(Object.keys(schemas[name]?.properties ?? {})).toEqual(expect.arrayContaining(known))
})

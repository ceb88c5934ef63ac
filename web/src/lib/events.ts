import type { Job, Memory, MemoryDocument } from '@/memory/api/types'
import type { ImportJob, WorkspaceChanged } from '@/workspace/api/types'
import type { Plan } from './plan'
import type { Approval, Artifact, ArtifactRef, Chat, ContextItem, Message, Routed, RunError } from './types'

interface At { message_id: string; part: number }
interface Delta extends At { offset: number; text: string }
interface Task { run_id: string; agent: string; message_id: string; error?: RunError }

/** The data of each kind of event that this client understands; others are ignored. */
export interface EventData {
  message: { message: Message }
  text_delta: Delta
  reasoning_delta: Delta
  tool_started: At & { tool_call_id: string; tool: string; args: Record<string, unknown>; started_at: string; child?: { run_id: string; agent: string } | null }
  tool_finished: At & { tool_call_id: string; tool: string; result: string | null; duration_ms: number | null; artifacts: ArtifactRef[]; child: { run_id: string; agent: string } | null }
  tool_failed: At & { tool_call_id: string; tool: string; error: string; duration_ms: number | null; status: 'failed' | 'denied' | 'cancelled'; child?: { run_id: string; agent: string } | null }
  approval_requested: At & { approval: Approval }
  approval_resolved: At & { approval: Approval }
  artifact_created: { artifact: Artifact }
  artifact_updated: { artifact: Artifact }
  task_queued: Task & { kind?: string; plan_id?: string | null; task_key?: string | null; routed?: Routed | null }
  task_started: Task
  task_completed: Task
  task_failed: Task
  task_cancelled: Task
  run_paused: Task & { how: 'pause' | 'interrupt' }
  run_resumed: Task
  note_added: { run_id: string; message_id: string; part: number; text: string; at: string }
  plan_created: { plan: Plan }
  plan_updated: { plan: Plan }
  context_retrieved: { message_id: string; items: ContextItem[] }
  /** A memory that was kept, or a document when all of it was read. */
  memory_stored: { memory: Memory | null; document: MemoryDocument | null }
  memory_job: { job: Job }
  workspace_changed: WorkspaceChanged
  workspace_updated: { workspace_id: string; what: 'workspace' | 'members' | 'review' | 'git' | 'memory' }
  workspace_removed: { workspace_id: string }
  workspace_import: { job: ImportJob }
  direct_agent_call: { run_id: string; agent: string; by: string }
  usage: { provider: string; model: string; input_tokens: number; output_tokens: number; cost_usd: string }
  alert: { alert_id: string; name: string; state: 'fired' | 'resolved'; summary: string; muted: boolean }
  chat_updated: { chat: Chat }
  chat_deleted: { chat_id: string }
  error: RunError
}

export type EventType = keyof EventData

interface Common {
  seq: number
  id: string
  session_id: string
  run_id: string | null
  parent_run_id: string | null
  agent: string | null
  /** Epoch milliseconds. */
  ts: number
}

export type TeamEvent = { [Type in EventType]: Common & { type: Type; data: EventData[Type] } }[EventType]

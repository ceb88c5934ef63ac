/** What goes over the wire, as the server sends it. Times are RFC 3339 strings unless named `_ms` or `ts`. */

import type { MemoryKind, Source } from '@/memory/api/types'

export interface FieldError { field: string; message: string }
export interface Page<T> { items: T[]; next_cursor: string | null }

export interface User { id: string; email: string; full_name: string; is_admin: boolean; created_at: string }
export interface Tokens { access_token: string; refresh_token: string | null; token_type: 'bearer'; expires_in: number; user: User }
export interface SetupState { needs_admin: boolean; registration: 'open' | 'invite' | 'closed' }

export type Theme = 'auto' | 'dark' | 'light'
export type Language = 'en' | 'pt' | 'ru'
export interface Preferences {
  theme: Theme
  language: Language
  time_zone: string
  notifications: { approvals: boolean; runs: boolean }
  editor: { font_size: number; wrap: boolean }
  ai: { default_agent: string | null; default_model: string | null }
  /** Whether a plan is shown before it begins. */
  plans: 'ask' | 'start'
  /** Whether a message without @agent goes to the agent that it seems to be for. */
  routing: 'auto' | 'off'
  /** Whether agents recall and keep what is said. */
  memory: 'on' | 'off'
}

export interface ApiKey { id: string; name: string; prefix: string; scopes: string[]; created_at: string; expires_at: string | null; last_used_at: string | null }
export interface NewApiKey extends ApiKey { key: string }
export interface Secret { name: string; updated_at: string }
export interface Person extends User { is_active: boolean }
export interface Invite { id: string; email: string | null; token?: string; link_path?: string; created_at: string; expires_at: string }

export interface Model { id: string; provider: string | null; model: string | null; offline: boolean; is_default: boolean }

export type MemoryScope = 'none' | 'own' | 'shared' | 'all'
export type Grant = 'allow' | 'ask' | 'deny'
export interface Agent {
  id: string
  name: string
  role: string
  instructions: string
  model: string | null
  model_settings: { temperature?: number; max_tokens?: number }
  tools: Record<string, Grant>
  limits: { max_steps: number; max_tokens: number; max_seconds: number; max_cost_usd: string | null }
  output_schema: Record<string, unknown> | null
  hue: number
  status: 'active' | 'disabled'
  /** Its queue stands still: what waits is not begun. */
  paused: boolean
  /** Names of prompt fragments that stand before its instructions. */
  fragments: string[]
  /** What it may remember: nothing, its own, what all share, or both. */
  memory: MemoryScope
  is_default: boolean
  version: number
  created_at: string
  updated_at: string
}
export interface ToolInfo {
  name: string
  description: string
  parameters: Record<string, unknown>
  read_only: boolean
  destructive: boolean
  default_grant: Grant
}

export interface Chat {
  id: string
  title: string
  pinned: boolean
  active_message_id: string | null
  workspace_id?: string | null
  message_count: number
  running: boolean
  created_at: string
  updated_at: string
}
export interface SearchHit { chat_id: string; chat_title: string; message_id: string; snippet: string; created_at: string }
export interface Attachment { id: string; name: string; mime: string; size: number; created_at: string }

export type MessageStatus = 'streaming' | 'waiting' | 'paused' | 'done' | 'failed' | 'cancelled'
export type CallStatus = 'running' | 'waiting' | 'ok' | 'failed' | 'denied' | 'cancelled'
export interface ArtifactRef { id: string; version: number; title: string; type: ArtifactType }
export interface RunError { title: string; detail: string; hint?: string | null }
export interface Usage { input_tokens: number; output_tokens: number; cost_usd: string }

export interface TextPart { type: 'text'; text: string }
export interface ReasoningPart { type: 'reasoning'; text: string }
export interface AttachmentPart { type: 'attachment'; attachment_id: string; name: string; mime: string; size: number }
export interface ToolCallPart {
  type: 'tool_call'
  tool_call_id: string
  tool: string
  args: Record<string, unknown>
  status: CallStatus
  result: string | null
  error: string | null
  started_at: string
  duration_ms: number | null
  artifacts: ArtifactRef[]
  approval_id: string | null
  child: { run_id: string; agent: string } | null
}
/** A structured answer, in the form of the agent's output schema. */
export interface DataPart { type: 'data'; title: string; value: Record<string, unknown> }
/** A mark: the model was given `text` in place of the oldest messages. */
export interface SummaryPart { type: 'summary'; upto_message_id: string; messages: number; text: string }
/** The plan that this turn carries out. */
export interface PlanPart { type: 'plan'; plan_id: string; goal: string }
/** What the person added while the agent was working, where the agent read it. */
export interface NotePart { type: 'note'; text: string; at: string }
/** One memory that an answer was given, and why in a line. */
export interface ContextItem { memory_id: string; kind: MemoryKind; text: string; source: Source; score: number; why: string | null }
/** What the agent remembered before it answered. */
export interface ContextPart { type: 'context'; items: ContextItem[] }
export type Part = TextPart | ReasoningPart | AttachmentPart | ToolCallPart | DataPart | SummaryPart | PlanPart | NotePart | ContextPart

/** What a request was taken for, and how surely. */
export interface Routed { intent: string; confidence: number; handler: string }

export interface Message {
  id: string
  chat_id: string
  parent_id: string | null
  role: 'user' | 'assistant'
  agent: string | null
  run_id: string | null
  status: MessageStatus
  parts: Part[]
  model: string | null
  usage: Usage | null
  error: RunError | null
  siblings: string[]
  created_at: string
  duration_ms: number | null
}
export interface MessagePage { items: Message[]; has_more: boolean; seq: number }
export interface Accepted { message: Message | null; run_id: string; reply_id: string; seq: number }
export interface Run { id: string; session_id: string; parent_run_id: string | null; agent: string; status: string; message: Message | null }

export interface Approval {
  id: string
  kind: 'approval' | 'question' | 'plan'
  /** Who asks: an outside agent by its name, or `api`, `mcp`, `cli` for calls from there; null for one's own team. And the session. */
  app: string | null
  session_id: string | null
  chat_id: string
  run_id: string
  message_id: string
  tool_call_id: string
  agent: string
  tool: string
  args: Record<string, unknown>
  question: string | null
  options: string[]
  risk: 'low' | 'medium' | 'high'
  status: 'pending' | 'approved' | 'denied' | 'answered' | 'expired' | 'cancelled'
  answer?: string | null
  reason?: string | null
  created_at: string
  expires_at: string
  decided_at: string | null
}
export interface Decision { decision: 'approve' | 'deny' | 'answer'; answer?: string; args?: Record<string, unknown>; reason?: string; remember?: boolean; remember_for?: 'agent' | 'everyone'; remember_tool?: string }

export type ArtifactType = 'code' | 'terminal' | 'image' | 'video' | 'audio' | 'document' | 'data' | 'web' | 'interactive' | 'desktop' | 'text'
export interface ArtifactPreview { text: string | null; width: number | null; height: number | null; pages: number | null; seconds: number | null; error: string | null; thumbnail_url: string | null }
export interface ArtifactMetadata { framework: string | null; dependencies: string[]; tags: string[]; source: string | null; tool: string | null; permissions: string[] }
export interface Artifact {
  id: string
  chat_id: string
  run_id: string | null
  agent: string | null
  type: ArtifactType
  title: string
  version: number
  versions: number
  format: string
  language: string | null
  size: number
  created_at: string
  updated_at: string
  content_url?: string
  metadata?: ArtifactMetadata
  retention?: 'hot' | 'warm' | 'permanent'
  expires_at?: string | null
  shared?: boolean
  preview?: ArtifactPreview | null
  /** Where the words of a search stand. */
  snippet?: string | null
}
export interface ArtifactVersion { version: number; size: number; created_at: string; agent: string | null; note: string | null }

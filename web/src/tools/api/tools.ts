import { api } from '@/lib/api'
import type { Grant, Page } from '@/lib/types'
import type { Schema } from '../form/schema'

/** What the doors of the one tool path say. Times are RFC 3339. */

export type ToolState = 'ready' | 'quarantined' | 'unavailable'

/** One tool, wherever it comes from: `origin` is "builtin", "agent", "mcp:SERVER" or "service:NAME". */
export interface Tool {
  name: string
  wire_name: string
  title: string | null
  description: string
  parameters: Schema
  output_schema: Schema | null
  read_only: boolean
  destructive: boolean
  idempotent: boolean
  open_world: boolean
  default_grant: Grant
  /** What holds for this person now: their own and the administrators' rules over the default. */
  grant: Grant
  origin: string
  server: string | null
  timeout_seconds: number | null
  cache_seconds: number
  state: ToolState
  calls_24h: number
  errors_24h: number
  latency_ms_p50: number | null
}

/** A piece of a result, as MCP has them; kinds that are not known are shown as they are. */
export type Block =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType?: string; text?: string; blob?: string } }
  | { type: 'resource_link'; uri: string; name?: string; title?: string; description?: string; mimeType?: string; size?: number }

export type CallStatus = 'ok' | 'failed' | 'denied' | 'cancelled' | 'waiting'

export interface Result {
  call_id: string
  status: CallStatus
  text: string
  content: Block[]
  structured: unknown
  artifacts: { id: string; version: number; title: string }[]
  duration_ms: number
  cached: boolean
  approval_id: string | null
  error: string | null
}

export type Source = 'team' | 'api' | 'mcp' | 'cli'
export const sources: readonly Source[] = ['team', 'api', 'mcp', 'cli']

/** One call of the log, the running ones as well. */
export interface ToolCall {
  id: string
  at: string | number
  tool: string
  source: string
  agent: string | null
  status: CallStatus | 'running'
  duration_ms: number | null
  cached: boolean
  error: string | null
  session_id: string | null
  args_preview: string
}

export type BreakerState = 'closed' | 'open' | 'half_open'
/** How a backend of tools is doing. */
export interface BackendHealth {
  server: string
  state: BreakerState
  failures: number
  in_flight: number
  calls: number
  errors: number
  latency_ms_p50: number | null
  last_error: string | null
}

const TOOLS = '/my/tools'
export const fetchTools = (signal: AbortSignal): Promise<{ items: Tool[] }> => api.get(TOOLS, undefined, { signal })
export const fetchHealth = (signal: AbortSignal): Promise<{ items: BackendHealth[] }> => api.get(`${TOOLS}/health`, undefined, { signal })

/** Calls a tool; one that must be approved first comes back waiting at once. */
export const callTool = (name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<Result> =>
  api.post(`${TOOLS}/${encodeURIComponent(name)}/call`, { args, wait_seconds: 0 }, { signal })

export interface CallsAsk { tool: string; status: ToolCall['status'] | ''; source: Source | ''; cursor: string | null }
const page_calls = 50
export const fetchCalls = ({ tool, status, source, cursor }: CallsAsk, signal: AbortSignal): Promise<Page<ToolCall>> =>
  api.get('/my/tool-calls', { tool: tool || null, status: status || null, source: source || null, cursor, limit: page_calls }, { signal })

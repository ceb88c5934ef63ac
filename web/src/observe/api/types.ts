/** What the server's observe doors say. Moments are RFC 3339 strings or epoch milliseconds, sums decimal strings or numbers. */

export type Moment = string | number
export type Sum = string | number | null

/** An event of any source, as the log and the stream give it. */
export interface WireEvent {
  seq: number
  id: string
  session_id: string | null
  run_id: string | null
  parent_run_id: string | null
  agent: string | null
  type: string
  ts: number
  client_ts?: number | null
  data: Record<string, unknown>
  trace_id?: string | null
  source: string
}

export type SessionStatus = 'active' | 'idle' | 'ended' | 'failed'

export interface Totals {
  input_tokens: number
  output_tokens: number
  cached_tokens: number
  cost_usd: Sum
}

export interface Session extends Totals {
  id: string
  source: string
  project: string | null
  title: string | null
  status: SessionStatus
  cwd: string | null
  model: string | null
  started_at: Moment
  last_at: Moment
  ended_at: Moment | null
  events: number
  errors: number
  denied: number
  tool_calls: number
  agents: number
  last_summary: string | null
}

export type SpanKind = 'session' | 'turn' | 'subagent' | 'tool' | 'model' | 'approval'
export type SpanStatus = 'running' | 'ok' | 'error' | 'denied' | 'interrupted' | 'waiting'

export interface Span {
  id: string
  parent_id: string | null
  lane_id: string
  agent: string
  kind: SpanKind
  name: string
  started_ms: number
  ended_ms: number | null
  status: SpanStatus
  summary: string | null
  tool_use_id: string | null
  input_tokens: number | null
  output_tokens: number | null
  cost_usd: Sum
  start_seq: number | null
  end_seq: number | null
}

export interface ToolCount { count: number; errors: number; duration_ms: number }

export interface Aggregation extends Totals {
  session_id: string
  source: string
  lane_id: string
  parent_lane_id: string | null
  agent: string
  agent_id: string | null
  kind: 'session' | 'subagent'
  status: string
  started_at: Moment
  ended_at: Moment | null
  duration_ms: number | null
  events: number
  tool_calls: number
  errors: number
  denied: number
  tools: Record<string, ToolCount>
}

export interface Point { t: number; count: number; errors: number; tokens: number; cost_usd: Sum; p50_ms: number | null; p95_ms: number | null }
export interface Series { key: string; points: Point[] }
export interface MetricSeries { interval_ms: number; from: Moment; to: Moment; series: Series[] }

export type CostGroup = 'agent' | 'session' | 'project' | 'model' | 'source' | 'day'
export interface CostRow extends Totals { key: string; label: string; calls: number }

export interface ComparedSpan { kind: SpanKind; name: string; left: Span | null; right: Span | null }
export interface ComparedTool { name: string; left: ToolCount | null; right: ToolCount | null }
export interface Comparison { left: Session; right: Session; tools: ComparedTool[]; spans: ComparedSpan[] }

export interface SavedView { id: string; name: string; query: Record<string, unknown>; created_at: Moment; updated_at: Moment }

export interface Source {
  app: string
  events: number
  last_seen_at: Moment | null
  keys: number
  mode: 'observe' | 'guard'
  route_permissions: boolean
}

export const toMs = (moment: Moment): number => (typeof moment === 'number' ? moment : Date.parse(moment))
export const toUsd = (sum: Sum | undefined): number => Number(sum ?? 0)

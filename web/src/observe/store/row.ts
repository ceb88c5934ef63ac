import type { WireEvent } from '../api/types'

/** What an event means to a person who watches: decides its mark and its colour everywhere. */
export type Tone = 'start' | 'ok' | 'bad' | 'denied' | 'ask' | 'prompt' | 'session' | 'subagent' | 'usage' | 'other'
export const tones: readonly Tone[] = ['start', 'ok', 'bad', 'denied', 'ask', 'prompt', 'session', 'subagent', 'usage', 'other']

/** An event as the table and the lanes keep it: flat, small, and without its body. */
export interface Row {
  seq: number
  id: string
  ts: number
  type: string
  tone: Tone
  source: string
  session: string
  lane: string
  parent: string | null
  agent: string
  tool: string | null
  tool_use_id: string | null
  project: string | null
  summary: string
  duration_ms: number | null
  /** Around the first hit of a search that is not in the summary. */
  snippet: string | null
}

const byName: Record<string, Tone> = {
  PreToolUse: 'start', PostToolUse: 'ok', PostToolBatch: 'ok', PostToolUseFailure: 'bad', StopFailure: 'bad', PermissionRequest: 'ask', PermissionDenied: 'denied',
  Elicitation: 'ask', ElicitationResult: 'ok', Notification: 'ask', UserPromptSubmit: 'prompt', UserPromptExpansion: 'prompt', SessionStart: 'session', SessionEnd: 'session',
  Stop: 'session', SubagentStart: 'subagent', SubagentStop: 'subagent', TaskCreated: 'subagent', TaskCompleted: 'subagent', TeammateIdle: 'subagent',
}
const byType: Record<string, Tone> = {
  message: 'prompt', tool_started: 'start', tool_finished: 'ok', tool_failed: 'bad', approval_requested: 'ask', approval_resolved: 'ok', usage: 'usage', error: 'bad',
  task_started: 'session', task_completed: 'session', task_failed: 'bad', task_cancelled: 'denied', task_queued: 'session', direct_agent_call: 'subagent',
}

/** `PreToolUse` of `hook.PreToolUse`; other types stay whole. */
export const shortType = (type: string): string => (type.startsWith('hook.') ? type.slice(5) : type)

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const object = (value: unknown): Record<string, unknown> => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {})

function toneOf(event: WireEvent): Tone {
  const decision = object(event.data.decision)
  if (decision.decision === 'deny' || decision.behavior === 'deny' || decision.action === 'deny' || event.data.status === 'denied') return 'denied'
  return (event.type.startsWith('hook.') ? byName[event.type.slice(5)] : byType[event.type]) ?? 'other'
}

function messageText(message: Record<string, unknown>): string | null {
  const parts = Array.isArray(message.parts) ? message.parts.map(object) : []
  return text(parts.map((part) => part.text ?? '').join(' ').trim())
}

/** One line that says what happened; the server's own where it gave one. */
export function summaryOf({ type, data }: WireEvent): string {
  const own = text(data.summary)
  if (own !== null) return own
  if (type === 'usage') return `${text(data.model) ?? ''} ${number(data.input_tokens) ?? 0} → ${number(data.output_tokens) ?? 0}`.trim()
  if (type === 'message') return messageText(object(data.message)) ?? ''
  const said = text(data.error) ?? text(data.detail) ?? text(data.title) ?? text(data.text) ?? text(object(data.error).detail) ?? text(data.result) ?? text(object(data.chat).title)
  const tool = text(data.tool)
  const args = data.args === undefined ? null : JSON.stringify(data.args).slice(0, 160)
  return [tool, said ?? args].filter((part) => part !== null).join(' ').slice(0, 200)
}

export function toRow(event: WireEvent): Row {
  const session = event.session_id ?? ''
  // What our own team says outside a run (a new title) is nobody's doing.
  const lane = event.run_id ?? (event.source === 'team' ? '' : `${event.source}/${session}`)
  return {
    seq: event.seq, id: event.id, ts: event.ts, type: event.type, tone: toneOf(event), source: event.source, session, lane,
    parent: event.parent_run_id, agent: event.agent ?? event.source, tool: text(event.data.tool), tool_use_id: text(event.data.tool_use_id) ?? text(event.data.tool_call_id),
    project: text(event.data.project), summary: summaryOf(event), duration_ms: number(event.data.duration_ms) ?? number(event.data.latency_ms), snippet: null,
  }
}

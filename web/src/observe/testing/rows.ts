import type { Span, WireEvent } from '../api/types'
import { toRow, type Row } from '../store/row'

/** An event for tests: number, moment and all else by choice. */
export function event(seq: number, part: Partial<WireEvent> = {}): WireEvent {
  return { seq, id: `e${seq}`, session_id: 's1', run_id: 'main', parent_run_id: null, agent: 'claude-code', type: 'hook.PreToolUse', ts: seq * 1000, data: {}, source: 'claude-code', ...part }
}

export const row = (seq: number, part: Partial<WireEvent> = {}): Row => toRow(event(seq, part))
export const rows = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, index) => row(from + index))

export function span(id: string, part: Partial<Span> = {}): Span {
  return {
    id, parent_id: null, lane_id: 'main', agent: 'claude-code', kind: 'tool', name: 'Bash', started_ms: 0, ended_ms: 1, status: 'ok', summary: null, tool_use_id: null, input_tokens: 0,
    output_tokens: 0, cost_usd: 0, start_seq: null, end_seq: null, ...part,
  }
}

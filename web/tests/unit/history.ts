import type { EventData, EventType, TeamEvent } from '@/lib/events'
import type { Approval, Message } from '@/lib/types'

const chat_id = 'c1'

export function message(id: string, part: Partial<Message> = {}): Message {
  return {
    id, chat_id, parent_id: null, role: 'assistant', agent: 'coder', run_id: 'r1', status: 'done', parts: [], model: null, usage: null, error: null,
    siblings: [id], created_at: '2026-11-21T10:00:00Z', duration_ms: null, ...part,
  }
}

/** Numbers events as the log does. */
export class Log {
  events: TeamEvent[] = []
  constructor(private seq = 0) {}

  add<Type extends EventType>(type: Type, data: EventData[Type], run: { run_id?: string; parent_run_id?: string | null } = {}): this {
    const event = { seq: ++this.seq, id: `e${this.seq}`, session_id: chat_id, run_id: run.run_id ?? 'r1', parent_run_id: run.parent_run_id ?? null, agent: 'coder', ts: 0, type, data }
    this.events.push(event as unknown as TeamEvent)
    return this
  }
}

export const approval = (part: Partial<Approval> = {}): Approval => ({
  id: 'a1', kind: 'approval', app: null, session_id: null, chat_id, run_id: 'r1', message_id: 'm2', tool_call_id: 't1', agent: 'coder', tool: 'run_command', args: { command: 'ls' }, question: null, options: [], risk: 'low',
  status: 'pending', created_at: '', expires_at: '', decided_at: null, ...part,
})

/** A whole turn: a question, thought, text, a call that asks first, a called agent, more text, the end. */
export function turn(): TeamEvent[] {
  const at = (part: number) => ({ message_id: 'm2', part })
  const child = message('m3', { run_id: 'r2', agent: 'researcher', status: 'streaming' })
  return new Log()
    .add('message', { message: message('m1', { role: 'user', agent: null, run_id: null, parts: [{ type: 'text', text: 'hello' }] }) })
    .add('message', { message: message('m2', { parent_id: 'm1', status: 'streaming' }) })
    .add('reasoning_delta', { ...at(0), offset: 0, text: 'let me ' })
    .add('reasoning_delta', { ...at(0), offset: 7, text: 'see' })
    .add('text_delta', { ...at(1), offset: 0, text: 'I look 👀 ' })
    .add('text_delta', { ...at(1), offset: 10, text: 'first.' })
    .add('tool_started', { ...at(2), tool_call_id: 't1', tool: 'run_command', args: { command: 'ls' }, started_at: '' })
    .add('approval_requested', { ...at(2), approval: approval() })
    .add('approval_resolved', { ...at(2), approval: approval({ status: 'approved', args: { command: 'ls -l' } }) })
    .add('tool_finished', { ...at(2), tool_call_id: 't1', tool: 'run_command', result: 'a b', duration_ms: 5, artifacts: [], child: null })
    .add('tool_started', { ...at(3), tool_call_id: 't2', tool: 'call_agent', args: { agent: 'researcher' }, started_at: '', child: { run_id: 'r2', agent: 'researcher' } })
    .add('message', { message: child }, { run_id: 'r2', parent_run_id: 'r1' })
    .add('text_delta', { message_id: 'm3', part: 0, offset: 0, text: 'found' }, { run_id: 'r2', parent_run_id: 'r1' })
    .add('message', { message: { ...child, status: 'done', parts: [{ type: 'text', text: 'found' }] } }, { run_id: 'r2', parent_run_id: 'r1' })
    .add('tool_failed', { ...at(3), tool_call_id: 't2', tool: 'call_agent', error: 'late', duration_ms: 9, status: 'failed', child: { run_id: 'r2', agent: 'researcher' } })
    .add('text_delta', { ...at(4), offset: 0, text: 'Don' })
    .add('text_delta', { ...at(4), offset: 3, text: 'e.' })
    .events
}

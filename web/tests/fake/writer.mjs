import { iso, newId } from './team.mjs'

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Writes one assistant message event by event, as a run would. */
export class Writer {
  constructor(team, chat, { agent = 'orchestrator', parentId = chat.active_message_id, parentRun = null, pace = 12, model = 'anthropic/claude-sonnet-5', runId = newId(), id } = {}) {
    this.team = team
    this.chat = chat
    this.pace = pace
    this.parentRun = parentRun
    this.began = Date.now()
    this.run = { id: runId, session_id: chat.id, parent_run_id: parentRun, agent, status: 'running', cancelled: false }
    team.runs.set(runId, this.run)
    const fields = { role: 'assistant', agent, run_id: runId, status: 'streaming', model, parent_id: parentId, is_child: parentRun !== null, ...(id ? { id } : {}) }
    this.message = parentRun === null ? team.append(chat, fields) : team.addMessage(chat, { ...fields, parent_id: null })
    this.run.message_id = this.message.id
    this.emit('message', { message: team.wire(this.message) })
  }

  emit(type, data) {
    this.team.emit(this.chat, type, data, { run_id: this.run.id, parent_run_id: this.parentRun, agent: this.message.agent })
  }

  check() {
    if (this.run.cancelled) throw new Error('cancelled')
  }

  async text(text, type = 'text', { pace = this.pace, step = 4 } = {}) {
    const part = this.message.parts.push({ type, text: '' }) - 1
    for (let at = 0; at < text.length; at += step) {
      this.check()
      const piece = text.slice(at, at + step)
      this.message.parts[part].text += piece
      this.emit(`${type}_delta`, { message_id: this.message.id, part, offset: at, text: piece })
      if (pace > 0) await sleep(pace)
    }
  }

  begin(tool, args, child = null) {
    const call = { type: 'tool_call', tool_call_id: newId(), tool, args, status: 'running', result: null, error: null, started_at: iso(), duration_ms: null, artifacts: [], approval_id: null, child }
    const part = this.message.parts.push(call) - 1
    this.emit('tool_started', { message_id: this.message.id, part, tool_call_id: call.tool_call_id, tool, args, started_at: call.started_at, child })
    return { part, call }
  }

  finish({ part, call }, { result = '', artifacts = [], child = null }) {
    const duration_ms = Date.now() - new Date(call.started_at).getTime()
    Object.assign(call, { status: 'ok', result, artifacts, child, duration_ms })
    this.emit('tool_finished', { message_id: this.message.id, part, tool_call_id: call.tool_call_id, tool: call.tool, result, duration_ms, artifacts, child })
  }

  fail({ part, call }, error, status = 'failed') {
    const duration_ms = Date.now() - new Date(call.started_at).getTime()
    Object.assign(call, { status, error, duration_ms })
    this.emit('tool_failed', { message_id: this.message.id, part, tool_call_id: call.tool_call_id, tool: call.tool, error, duration_ms, status })
  }

  async tool(tool, args, { takes = 400, ...outcome } = {}) {
    const begun = this.begin(tool, args)
    await sleep(takes)
    this.check()
    this.finish(begun, outcome)
  }

  end(status = 'done', error = null) {
    const out = this.message.parts.reduce((sum, part) => sum + (part.text?.length ?? 0), 0)
    Object.assign(this.message, { status, error, duration_ms: Date.now() - this.began, usage: { input_tokens: 1840 + out, output_tokens: Math.ceil(out / 4), cost_usd: (0.004 + out / 90_000).toFixed(6) } })
    this.run.status = status
    this.emit('message', { message: this.team.wire(this.message) })
  }
}

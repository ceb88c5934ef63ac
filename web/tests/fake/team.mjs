import { randomUUID } from 'node:crypto'

let counter = 0
/** Ids that sort by time, like the server's. */
export const newId = () => `${(Date.now()).toString(16).padStart(12, '0')}-${(counter++).toString(16).padStart(6, '0')}-${randomUUID().slice(0, 8)}`
export const iso = (ms = Date.now()) => new Date(ms).toISOString()

/** The team's state: chats with branching messages, runs, decisions, and one log of events. */
export class Team {
  chats = new Map()
  messages = new Map()
  runs = new Map()
  approvals = new Map()
  deciders = new Map()
  attachments = new Map()
  log = []
  seq = 0
  listeners = new Set()

  addChat(title, { pinned = false, updated = Date.now() } = {}) {
    const chat = { id: newId(), title, pinned, active_message_id: null, message_count: 0, running: false, created_at: iso(updated), updated_at: iso(updated) }
    this.chats.set(chat.id, chat)
    return chat
  }

  addMessage(chat, part) {
    const message = {
      id: newId(), chat_id: chat.id, parent_id: chat.active_message_id, role: 'user', agent: null, run_id: null, status: 'done', parts: [],
      model: null, usage: null, error: null, siblings: [], created_at: iso(), duration_ms: null, ...part,
    }
    this.messages.set(message.id, message)
    message.siblings = this.siblingsOf(message)
    return message
  }

  /** Adds a message at the end of the active branch. */
  append(chat, part) {
    const message = this.addMessage(chat, part)
    chat.active_message_id = message.id
    chat.message_count++
    return message
  }

  siblingsOf(message) {
    return [...this.messages.values()].filter((other) => other.chat_id === message.chat_id && other.parent_id === message.parent_id && !other.is_child && !message.is_child).map(({ id }) => id)
  }

  wire(message) {
    const { is_child: _, ...rest } = message
    return structuredClone({ ...rest, siblings: message.siblings.length > 1 ? this.siblingsOf(message) : message.siblings })
  }

  /** The active branch, oldest first. */
  branch(chat) {
    const items = []
    for (let at = this.messages.get(chat.active_message_id); at; at = this.messages.get(at.parent_id)) items.push(at)
    return items.reverse()
  }

  /** The newest message below a message. */
  leafBelow(messageId) {
    for (let at = messageId; ;) {
      const next = [...this.messages.values()].filter((message) => message.parent_id === at && !message.is_child).at(-1)
      if (!next) return at
      at = next.id
    }
  }

  /** Makes the branch through a message active, down to its newest leaf. */
  activate(chat, messageId) {
    chat.active_message_id = this.leafBelow(messageId)
  }

  emit(chat, type, data, { run_id = null, parent_run_id = null, agent = null } = {}) {
    const event = { seq: ++this.seq, id: newId(), session_id: chat.id, run_id, parent_run_id, agent, type, ts: Date.now(), data: structuredClone(data), trace_id: '', source: 'team' }
    this.log.push(event)
    if (this.log.length > 20_000) this.log.splice(0, 5_000)
    for (const listener of this.listeners) listener(event)
    return event
  }

  touch(chat, change = {}) {
    Object.assign(chat, change, { updated_at: iso() })
    this.emit(chat, 'chat_updated', { chat })
  }

  /** Asks the person; resolves with the decision. */
  ask(chat, message, part, fields) {
    const call = message.parts[part]
    const approval = {
      id: newId(), kind: 'approval', app: null, session_id: null, chat_id: chat.id, run_id: message.run_id, message_id: message.id, tool_call_id: call.tool_call_id, agent: message.agent, tool: call.tool, args: call.args,
      question: null, options: [], risk: 'medium', status: 'pending', created_at: iso(), expires_at: iso(Date.now() + 3_600_000), decided_at: null, ...fields,
    }
    this.approvals.set(approval.id, approval)
    Object.assign(call, { status: 'waiting', approval_id: approval.id })
    message.status = 'waiting'
    this.emit(chat, 'approval_requested', { message_id: message.id, part, approval }, message)
    return new Promise((resolve) => this.deciders.set(approval.id, resolve))
  }

  decide(approval, { decision, answer, args, reason }) {
    const status = { approve: 'approved', deny: 'denied', answer: 'answered' }[decision]
    Object.assign(approval, { status, decided_at: iso(), answer: answer ?? null, reason: reason ?? null, ...(args ? { args } : {}) })
    const message = this.messages.get(approval.message_id)
    if (!message) return
    const part = message.parts.findIndex((item) => item.tool_call_id === approval.tool_call_id)
    message.parts[part].status = decision === 'deny' ? 'denied' : 'running'
    message.status = 'streaming'
    this.emit(this.chats.get(approval.chat_id), 'approval_resolved', { message_id: message.id, part, approval }, message)
    this.deciders.get(approval.id)?.({ decision, answer, args: args ?? approval.args })
    this.deciders.delete(approval.id)
  }
}

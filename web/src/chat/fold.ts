import type { EventData, TeamEvent } from '@/lib/events'
import type { Approval, CallStatus, ContextItem, Message, MessagePage, Part, ToolCallPart } from '@/lib/types'

/**
 * One chat as far as this client knows it. Streaming messages are kept apart in `live`, so that a delta copies a small
 * map and not the whole history.
 */
export interface ChatState {
  /** Of the last event folded in. */
  readonly seq: number
  /** The active branch, oldest first; without messages of child runs. */
  readonly order: readonly string[]
  readonly settled: ReadonlyMap<string, Message>
  readonly live: ReadonlyMap<string, Message>
  /** Child runs by id: the message that each writes. */
  readonly childMessages: ReadonlyMap<string, string>
  readonly approvals: ReadonlyMap<string, Approval>
  readonly hasMore: boolean
  /** An event referred to something never seen: the snapshot must be fetched again. */
  readonly stale: boolean
}

export const emptyChat: ChatState = {
  seq: 0, order: [], settled: new Map(), live: new Map(), childMessages: new Map(), approvals: new Map(), hasMore: false, stale: false,
}

export const messageOf = (state: ChatState, id: string): Message | undefined => state.live.get(id) ?? state.settled.get(id)
/** Whether its run has not ended: it is written, waits for the person, or rests until it is resumed. */
export const isLive = ({ status }: Message): boolean => status === 'streaming' || status === 'waiting' || status === 'paused'

/** The state that a snapshot describes; older pages and child runs that were fetched before are kept. */
export function fromSnapshot(page: MessagePage, known: ChatState = emptyChat): ChatState {
  const ids = page.items.map(({ id }) => id)
  // What stood before the page's first message is its ancestors, whatever branch is shown after it.
  const older = known.order.slice(0, Math.max(0, known.order.indexOf(ids[0] ?? '')))
  const state = {
    ...emptyChat, seq: page.seq, order: [...older, ...ids], hasMore: older.length > 0 ? known.hasMore : page.has_more, approvals: known.approvals, childMessages: known.childMessages,
  }
  const kept = [...known.childMessages.values(), ...older].map((id) => messageOf(known, id)).filter((message) => message !== undefined)
  return keepAll(state, [...kept, ...page.items])
}

/** The state with an older page put before what is there. */
export function withOlder(state: ChatState, page: MessagePage): ChatState {
  const known = new Set(state.order)
  const fresh = page.items.filter(({ id }) => !known.has(id))
  return { ...keepAll(state, fresh), order: [...fresh.map(({ id }) => id), ...state.order], hasMore: page.has_more }
}

/** What the chat is after one event. Events already seen, of other kinds or about messages not shown change nothing but `seq`. */
export function fold(state: ChatState, event: TeamEvent): ChatState {
  if (event.seq <= state.seq) return state
  const next = { ...state, seq: event.seq }
  switch (event.type) {
    case 'message': return place(next, event.data.message, event.parent_run_id !== null)
    case 'text_delta': return onMessage(next, event, (message) => withText(message, event.data, 'text'))
    case 'reasoning_delta': return onMessage(next, event, (message) => withText(message, event.data, 'reasoning'))
    case 'tool_started': return onMessage(next, event, (message) => withPart(message, event.data.part, started(event.data)))
    case 'tool_finished': return onMessage(next, event, (message) => withCall(message, event.data, {
      status: 'ok', result: event.data.result, error: null, duration_ms: event.data.duration_ms, artifacts: event.data.artifacts ?? [], ...(event.data.child ? { child: event.data.child } : {}),
    }))
    case 'tool_failed': return onMessage(next, event, (message) => withCall(message, event.data, {
      status: event.data.status, error: event.data.error, duration_ms: event.data.duration_ms, child: event.data.child ?? null,
    }))
    case 'context_retrieved': return onMessage(next, event, (message) => withContext(message, event.data.items))
    case 'note_added': return onMessage(next, event, (message) => withNote(message, event.data))
    case 'run_paused': return onRun(next, event.data.message_id, 'paused')
    case 'run_resumed': return onRun(next, event.data.message_id, 'streaming')
    case 'approval_requested':
    case 'approval_resolved': return withApproval(next, event)
    default: return next
  }
}

/** Puts a message in its place; a sibling of a shown message begins another branch there, which becomes the active one. */
export function place(state: ChatState, message: Message, isChild = false): ChatState {
  const next = keep(state, message)
  if (isChild || (message.run_id !== null && state.childMessages.has(message.run_id))) {
    return message.run_id === null ? next : { ...next, childMessages: new Map(next.childMessages).set(message.run_id, message.id) }
  }
  if (state.order.includes(message.id)) return next
  if (message.parent_id === null) return { ...next, order: [message.id], hasMore: false }
  const parent = state.order.lastIndexOf(message.parent_id)
  if (parent < 0) return { ...next, stale: true }
  return { ...next, order: [...state.order.slice(0, parent + 1), message.id] }
}

function keep(state: ChatState, message: Message): ChatState {
  if (isLive(message)) return { ...state, live: new Map(state.live).set(message.id, message) }
  const live = state.live.has(message.id) ? new Map(state.live) : state.live
  if (live instanceof Map) live.delete(message.id)
  return { ...state, live, settled: new Map(state.settled).set(message.id, message) }
}

/** The state with many messages kept at once: each map is copied once, not once for each message. */
function keepAll(state: ChatState, messages: readonly Message[]): ChatState {
  const live = new Map(state.live)
  const settled = new Map(state.settled)
  for (const message of messages) {
    live.delete(message.id)
    if (isLive(message)) live.set(message.id, message)
    else settled.set(message.id, message)
  }
  return { ...state, live, settled }
}

type Aimed = Extract<TeamEvent, { data: { message_id: string } }>

/** Changes one message; null from `change` means that something before it was missed. */
function onMessage(state: ChatState, event: Aimed, change: (message: Message) => Message | null): ChatState {
  const message = messageOf(state, event.data.message_id)
  // A child run's message is fetched when it is opened; the others belong to a branch that is not shown.
  if (!message) return state
  const changed = change(message)
  if (changed === null) return { ...state, stale: true }
  if (changed === message) return state
  if (state.live.has(message.id)) return { ...state, live: new Map(state.live).set(message.id, changed) }
  return { ...state, settled: new Map(state.settled).set(message.id, changed) }
}

/** Shows that the run of a message rests or goes on; one that has ended meanwhile stays as it is. */
function onRun(state: ChatState, id: string, status: 'paused' | 'streaming'): ChatState {
  const message = state.live.get(id)
  return message ? { ...state, live: new Map(state.live).set(id, { ...message, status }) } : state
}

/** What was remembered stands before everything else; the parts of later events are counted with it. */
function withContext(message: Message, items: ContextItem[]): Message {
  const rest = message.parts[0]?.type === 'context' ? message.parts.slice(1) : message.parts
  return { ...message, parts: [{ type: 'context', items }, ...rest] }
}

/** A note stands where the agent read it. */
function withNote(message: Message, { part, text, at }: EventData['note_added']): Message | null {
  return withPart(message, part, { type: 'note', text, at })
}

function withText(message: Message, { part, offset, text }: EventData['text_delta'], type: 'text' | 'reasoning'): Message | null {
  const old = message.parts[part]
  const before = old?.type === type ? old.text : ''
  if (offset > before.length) return null
  return withPart(message, part, { type, text: before.slice(0, offset) + text })
}

function withPart(message: Message, index: number, part: Part): Message | null {
  if (index > message.parts.length) return null
  const parts = message.parts.slice()
  parts[index] = part
  return { ...message, parts }
}

function withCall(message: Message, at: { part: number; tool_call_id: string }, change: Partial<ToolCallPart>): Message | null {
  const known = message.parts[at.part]
  const index = isCall(known, at.tool_call_id) ? at.part : message.parts.findIndex((part) => isCall(part, at.tool_call_id))
  const old = message.parts[index]
  if (old?.type !== 'tool_call') return null
  return withPart(message, index, { ...old, ...change })
}

const isCall = (part: Part | undefined, id: string): boolean => part?.type === 'tool_call' && part.tool_call_id === id

function started({ tool_call_id, tool, args, started_at, child = null }: EventData['tool_started']): ToolCallPart {
  return {
    type: 'tool_call', tool_call_id, tool, args, status: 'running', result: null, error: null, started_at, duration_ms: null, artifacts: [], approval_id: null, child,
  }
}

const afterApproval: Record<Approval['status'], CallStatus> = {
  pending: 'waiting', approved: 'running', answered: 'running', denied: 'denied', expired: 'denied', cancelled: 'cancelled',
}

function withApproval(state: ChatState, event: Extract<TeamEvent, { type: 'approval_requested' | 'approval_resolved' }>): ChatState {
  const { approval, part } = event.data
  const isAsking = approval.status === 'pending'
  const known = { ...state, approvals: new Map(state.approvals).set(approval.id, approval) }
  return onMessage(known, event, (message) => {
    const changed = withCall(message, { part, tool_call_id: approval.tool_call_id }, {
      status: afterApproval[approval.status], approval_id: approval.id, ...(approval.status === 'approved' ? { args: approval.args } : {}),
    })
    return changed && isLive(changed) ? { ...changed, status: isAsking ? 'waiting' : 'streaming' } : changed
  })
}

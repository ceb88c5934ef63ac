import { api } from '@/lib/api'
import type { TeamEvent } from '@/lib/events'
import type { Approval, Message, MessagePage } from '@/lib/types'
import { emptyChat, fold, fromSnapshot, messageOf, place, withOlder, type ChatState } from './fold'

/** What is drawn first comes first, and alone; earlier pages follow while there is time. */
const first_page = 40
const older_page = 100

export type LoadStatus = 'loading' | 'ready' | 'failed'
/** What the list shows; changes only when rows come, go or are reordered. */
export interface ListView { order: readonly string[]; status: LoadStatus; error: unknown; hasMore: boolean; loadingOlder: boolean; running: boolean; paused: boolean }
/** Wakes the readers of changes, at most once in a frame. */
export type Schedule = (flush: () => void) => void

/** Text that grows 30 times a second reads like text that grows 60 times, at half the work. */
const shortest_pause_ms = 28
let last_ms = 0

/** From the live messages, which are few, not from the list, which is long. */
const isRunning = ({ live, order }: ChatState): boolean => [...live.keys()].some((id) => order.lastIndexOf(id) >= 0)
/** Whether the turn that goes rests until it is resumed. */
const isPaused = ({ live, order }: ChatState): boolean => firstLive(live, order)?.status === 'paused'

/** The turn that goes: those after it wait for it. */
function firstLive(live: ReadonlyMap<string, Message>, order: readonly string[]): Message | undefined {
  const at = (message: Message) => order.lastIndexOf(message.id)
  return [...live.values()].filter((message) => at(message) >= 0).sort((one, other) => at(one) - at(other))[0]
}

const onFrame: Schedule = (flush) => {
  // Hidden pages get no frames: there a timer keeps titles and counters right.
  if (document.hidden) { setTimeout(flush, 250); return }
  requestAnimationFrame((now) => {
    if (now - last_ms < shortest_pause_ms) { onFrame(flush); return }
    last_ms = now
    flush()
  })
}

/**
 * One chat outside React: a snapshot, then events folded in as they come. Rows subscribe to their own message, the list
 * to the order of rows, and all of them hear at most once in a frame.
 */
export class ChatStore {
  private state: ChatState = emptyChat
  private view: ListView = { order: [], status: 'loading', error: null, hasMore: false, loadingOlder: false, running: false, paused: false }
  private waiting: TeamEvent[] = []
  private busy: Promise<void> | null = null
  private older: Promise<void> | null = null
  private again = false
  private coveredFrom = 0
  private dirty = new Set<string>()
  private isScheduled = false
  private rows = new Map<string, Set<() => void>>()
  private lists = new Set<() => void>()

  constructor(readonly id: string, private readonly schedule: Schedule = onFrame) {}

  get seq(): number { return this.state.seq }
  listView = (): ListView => this.view
  message = (id: string): Message | undefined => messageOf(this.state, id)
  childMessage = (runId: string): Message | undefined => {
    const id = this.state.childMessages.get(runId)
    return id === undefined ? undefined : messageOf(this.state, id)
  }
  approval = (id: string): Approval | undefined => this.state.approvals.get(id)

  subscribeList = (listener: () => void): (() => void) => {
    this.lists.add(listener)
    return () => { this.lists.delete(listener) }
  }

  subscribeMessage = (id: string, listener: () => void): (() => void) => {
    const listeners = this.rows.get(id) ?? new Set()
    this.rows.set(id, listeners.add(listener))
    return () => { listeners.delete(listener); if (listeners.size === 0) this.rows.delete(id) }
  }

  /** Hears of the message of a child run, also of its first appearance. */
  subscribeChild = (runId: string, listener: () => void): (() => void) => {
    let row: (() => void) | null = null
    const attach = () => {
      const id = this.state.childMessages.get(runId)
      if (row === null && id !== undefined) row = this.subscribeMessage(id, listener)
    }
    const onList = () => { attach(); listener() }
    attach()
    const list = this.subscribeList(onList)
    return () => { list(); row?.() }
  }

  /** Fetches the snapshot; events that come meanwhile are folded in after it. */
  load = (): Promise<void> => {
    if (this.busy) { this.again = true; return this.busy }
    this.busy = this.fetch().finally(() => {
      this.busy = null
      if (this.again) { this.again = false; void this.load() }
    })
    return this.busy
  }

  /** The stream tells everything after `since` only: a snapshot older than that is fetched again, once. */
  covered(since: number): void {
    if (this.busy) this.coveredFrom = since
    else if (this.state.seq < since) void this.load()
  }

  private async fetch(): Promise<void> {
    try {
      const page = await api.get<MessagePage>(`/my/chat/${this.id}/messages`, { limit: this.view.order.length > 0 ? older_page : first_page })
      const state = fromSnapshot(page, this.state)
      if (page.seq < this.coveredFrom) this.again = true
      this.coveredFrom = 0
      this.change({ ...this.waiting.reduce(fold, state), stale: false })
      this.waiting = []
      this.show({ status: 'ready', error: null })
      this.flush()
    } catch (error) {
      this.show(this.view.order.length > 0 ? { status: 'ready' } : { status: 'failed', error })
    }
  }

  /** Fetches the page before the first message; the same promise for all who ask meanwhile. */
  loadOlder = (): Promise<void> => {
    const first = this.state.order[0]
    if (first === undefined || !this.state.hasMore) return Promise.resolve()
    this.older ??= this.fetchBefore(first).finally(() => { this.older = null; this.show({ loadingOlder: false }) })
    return this.older
  }

  private async fetchBefore(first: string): Promise<void> {
    this.show({ loadingOlder: true })
    const page = await api.get<MessagePage>(`/my/chat/${this.id}/messages`, { limit: older_page, before: first })
    if (this.state.order[0] === first) this.change(withOlder(this.state, page))
  }

  /** Fetches all that came before, page after page. Raises what a page raised. */
  loadAll = async (): Promise<void> => {
    while (this.state.hasMore) {
      const first = this.state.order[0]
      await this.loadOlder()
      if (this.state.order[0] === first) return
    }
  }

  take(event: TeamEvent): void {
    if (this.busy || this.view.status !== 'ready') { this.waiting.push(event); return }
    this.change(fold(this.state, event))
    if (this.state.stale) { this.state = { ...this.state, stale: false }; void this.load() }
  }

  /** Shows a message that an answer to a request brought, ahead of its event. */
  put(message: Message): void {
    this.change({ ...place(this.state, message), stale: false })
  }

  /** Keeps the message of a child run that was opened. */
  putChild(message: Message): void {
    this.change(place(this.state, message, true))
  }

  putApprovals(approvals: Approval[]): void {
    const next = new Map(this.state.approvals)
    for (const approval of approvals) next.set(approval.id, approval)
    this.change({ ...this.state, approvals: next })
    this.state.live.forEach((_, id) => this.touch(id))
  }

  private change(next: ChatState): void {
    const before = this.state
    this.state = next
    if (next.live !== before.live) this.compare(before.live, next.live)
    if (next.settled !== before.settled) this.compare(before.settled, next.settled)
    const isSame = next.live === before.live && next.order === before.order
    const running = isSame ? this.view.running : isRunning(next)
    const paused = isSame ? this.view.paused : isPaused(next)
    if (next.order !== before.order || next.hasMore !== before.hasMore || next.childMessages !== before.childMessages || running !== this.view.running || paused !== this.view.paused) {
      this.show({ order: next.order, hasMore: next.hasMore, running, paused })
    }
  }

  private compare(before: ReadonlyMap<string, Message>, next: ReadonlyMap<string, Message>): void {
    for (const id of this.rows.keys()) if (before.get(id) !== next.get(id)) this.touch(id)
  }

  private show(change: Partial<ListView>): void {
    this.view = { ...this.view, ...change }
    this.touch('')
  }

  private touch(id: string): void {
    this.dirty.add(id)
    if (this.isScheduled) return
    this.isScheduled = true
    this.schedule(this.flush)
  }

  private flush = (): void => {
    this.isScheduled = false
    const ids = [...this.dirty]
    this.dirty.clear()
    for (const id of ids) (id === '' ? this.lists : this.rows.get(id))?.forEach((listener) => listener())
  }

  /** Sums over the shown messages, for the header. */
  totals(): { agents: string[]; cost_usd: number; duration_ms: number } {
    const agents = new Set<string>()
    let cost_usd = 0
    let duration_ms = 0
    for (const id of this.state.order) {
      const message = messageOf(this.state, id)
      if (message?.role !== 'assistant') continue
      if (message.agent !== null) agents.add(message.agent)
      for (const part of message.parts) if (part.type === 'tool_call' && part.child) agents.add(part.child.agent)
      cost_usd += Number(message.usage?.cost_usd ?? 0)
      duration_ms += message.duration_ms ?? 0
    }
    return { agents: [...agents], cost_usd, duration_ms }
  }

  /** The run that a stop button would end, if any: the one that goes, not those that wait for it. */
  activeRun(): string | null {
    return firstLive(this.state.live, this.state.order)?.run_id ?? null
  }

  isShown(): boolean { return this.lists.size > 0 }
}

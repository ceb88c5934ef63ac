import { tones, type Row, type Tone } from './row'

export type LaneStatus = 'running' | 'waiting' | 'idle' | 'ended' | 'failed'
export interface RunningTool { name: string; since: number }
/** A tool call that is over. */
export interface Bar { name: string; from: number; to: number; tone: Tone }

const pulses_kept = 2048
const bars_kept = 256
const seconds_kept = 60
const most_lanes = 400
/** A lane that says nothing for so long is idle, whatever it said last. */
const quiet_ms = 180_000
/** A tool may take its time; a build or a subagent is waited for longer. */
const quiet_with_tool_ms = 1_800_000

/** One agent of one session: what it does now, and its pulses of the last minutes in flat arrays for the canvas. */
export class Lane {
  readonly times = new Float64Array(pulses_kept)
  readonly marks = new Uint8Array(pulses_kept)
  /** Pulses ever; the last `pulses_kept` of them are there. */
  pulses = 0
  events = 0
  errors = 0
  denied = 0
  last = 0
  summary = ''
  /** What the person asked first. */
  title = ''
  project: string | null = null
  running = new Map<string, RunningTool>()
  /** Finished tool calls, oldest first. */
  bars: Bar[] = []
  said: LaneStatus = 'running'
  private readonly counts = new Uint16Array(seconds_kept)
  private readonly seconds = new Float64Array(seconds_kept)

  constructor(readonly id: string, readonly source: string, readonly session: string, public agent: string, readonly parent: string | null, readonly first: number) {}

  take(row: Row): void {
    const at = this.pulses++ % pulses_kept
    this.times[at] = row.ts
    this.marks[at] = tones.indexOf(row.tone)
    this.events++
    // A person's message opens a lane before its agent is known.
    if (this.agent === this.source) this.agent = row.agent
    this.last = Math.max(this.last, row.ts)
    this.project ??= row.project
    if (row.summary !== '') this.summary = row.summary
    if (this.title === '' && row.tone === 'prompt') this.title = row.summary
    this.tally(row.ts)
    this.follow(row)
  }

  private tally(ts: number): void {
    const second = Math.floor(ts / 1000)
    const at = second % seconds_kept
    if (this.seconds[at] !== second) { this.seconds[at] = second; this.counts[at] = 0 }
    this.counts[at] = (this.counts[at] ?? 0) + 1
  }

  private follow(row: Row): void {
    const key = row.tool_use_id ?? row.tool ?? ''
    if (row.tone === 'start' && key !== '') this.running.set(key, { name: row.tool ?? key, since: row.ts })
    else if (row.tone === 'ok' || row.tone === 'bad' || row.tone === 'denied') this.finish(key, row)
    if (row.tone === 'bad') this.errors++
    if (row.tone === 'denied') this.denied++
    this.said = statusAfter(row, this.said)
    if (this.said !== 'running' && this.said !== 'waiting') this.running.clear()
  }

  private finish(key: string, row: Row): void {
    const begun = this.running.get(key)
    if (!begun) return
    this.running.delete(key)
    this.bars.push({ name: begun.name, from: begun.since, to: row.ts, tone: row.tone })
    if (this.bars.length > bars_kept * 2) this.bars = this.bars.slice(-bars_kept)
  }

  statusAt(now: number): LaneStatus {
    const patience = this.running.size > 0 ? quiet_with_tool_ms : quiet_ms
    const isQuiet = now - this.last > patience && (this.said === 'running' || this.said === 'waiting')
    return isQuiet ? 'idle' : this.said
  }

  /** Events in each of the last `n` seconds before `now`, oldest first. */
  rates(now: number, n = seconds_kept): number[] {
    const end = Math.floor(now / 1000)
    return Array.from({ length: n }, (_, index) => {
      const second = end - n + 1 + index
      const at = ((second % seconds_kept) + seconds_kept) % seconds_kept
      return this.seconds[at] === second ? (this.counts[at] ?? 0) : 0
    })
  }

  /** Calls back for the pulses after `since`, newest first. */
  eachPulse(since: number, until: number, draw: (ts: number, tone: Tone) => void): void {
    const kept = Math.min(this.pulses, pulses_kept)
    for (let back = 1; back <= kept; back++) {
      const at = (this.pulses - back) % pulses_kept
      const ts = this.times[at] ?? 0
      if (ts < since) return
      if (ts <= until) draw(ts, tones[this.marks[at] ?? 0] ?? 'other')
    }
  }
}

function statusAfter(row: Row, before: LaneStatus): LaneStatus {
  if (row.type === 'hook.StopFailure' || row.type === 'task_failed') return 'failed'
  if (row.type === 'hook.SessionEnd' || row.type === 'hook.SubagentStop' || row.type === 'task_cancelled') return 'ended'
  if (row.type === 'hook.Stop' || row.type === 'task_completed') return 'idle'
  if (row.type === 'usage' || row.type.startsWith('otel.')) return before
  return row.tone === 'ask' ? 'waiting' : 'running'
}

export interface Placed { lane: Lane; depth: number }

/** All lanes that were heard of, main lanes with their subagents below them. */
export class LaneBoard {
  readonly lanes = new Map<string, Lane>()
  private placed: Placed[] | null = null

  take(row: Row): void {
    if (row.session === '' || row.lane === '') return
    let lane = this.lanes.get(row.lane)
    if (!lane) {
      lane = new Lane(row.lane, row.source, row.session, row.agent, row.parent, row.ts)
      this.lanes.set(row.lane, lane)
      this.placed = null
    }
    lane.take(row)
    if (this.lanes.size > most_lanes) this.forgetOldest()
  }

  clear(): void {
    this.lanes.clear()
    this.placed = null
  }

  /** The last moment anything was heard. */
  get last(): number {
    let last = 0
    for (const lane of this.lanes.values()) last = Math.max(last, lane.last)
    return last
  }

  /** Lanes as they are shown: newest session first, subagents under who called them, in the order they came. */
  arrange(): readonly Placed[] {
    this.placed ??= arrange([...this.lanes.values()])
    return this.placed
  }

  private forgetOldest(): void {
    const oldest = [...this.lanes.values()].reduce((first, lane) => (lane.last < first.last ? lane : first))
    this.lanes.delete(oldest.id)
  }
}

function arrange(lanes: Lane[]): Placed[] {
  const known = new Set(lanes.map((lane) => lane.id))
  const children = new Map<string | null, Lane[]>()
  for (const lane of lanes) {
    const home = homeOf(lane, known, lanes)
    children.set(home, [...(children.get(home) ?? []), lane])
  }
  const placed: Placed[] = []
  const visit = (lane: Lane, depth: number): void => {
    placed.push({ lane, depth })
    for (const child of children.get(lane.id)?.toSorted((a, b) => a.first - b.first) ?? []) visit(child, depth + 1)
  }
  for (const lane of children.get(null)?.toSorted((a, b) => b.first - a.first) ?? []) visit(lane, 0)
  return placed
}

/** The lane a lane hangs under: its parent, else the oldest lane of its session; null for that one itself. */
function homeOf(lane: Lane, known: Set<string>, lanes: Lane[]): string | null {
  if (lane.parent !== null && known.has(lane.parent) && lane.parent !== lane.id) return lane.parent
  const main = lanes.filter((other) => other.session === lane.session && other.source === lane.source).reduce((a, b) => (isMain(b, a) ? b : a), lane)
  return main === lane ? null : main.id
}

const isMain = (a: Lane, b: Lane): boolean => (a.parent === null) !== (b.parent === null) ? a.parent === null : a.first < b.first

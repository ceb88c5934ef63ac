import type { Span } from '../api/types'

export interface TimelineRow { lane: string; agent: string; depth: number; /** The first row of its lane, which carries the name. */ isHead: boolean }
export interface TimelineBar { span: Span; row: number; from: number; to: number }
export interface Timeline { rows: TimelineRow[]; bars: TimelineBar[]; from: number; to: number }

/** Spans with no end yet reach to `now`. */
const endOf = (span: Span, now: number): number => Math.max(span.started_ms, span.ended_ms ?? now)

/** What stands on the head row of a lane; everything else is packed below it. */
const isFrame = (span: Span): boolean => span.kind === 'session' || span.kind === 'turn' || span.kind === 'subagent'

/**
 * Places spans on rows: lanes one below the other, subagents under the lane that called them, and in each lane first its
 * turns, then its calls on as few rows as they need when some run side by side (first fit by start).
 */
export function layOut(spans: readonly Span[], now: number): Timeline {
  const timeline: Timeline = { rows: [], bars: [], from: Infinity, to: -Infinity }
  for (const span of spans) {
    timeline.from = Math.min(timeline.from, span.started_ms)
    timeline.to = Math.max(timeline.to, endOf(span, now))
  }
  for (const { lane, depth, spans: own } of nest(spans)) addLane(timeline, lane, depth, own, now)
  if (spans.length === 0) timeline.from = timeline.to = now
  return timeline
}

function addLane(timeline: Timeline, lane: string, depth: number, spans: readonly Span[], now: number): void {
  const head = timeline.rows.length
  const agent = spans.find((span) => span.kind === 'subagent')?.agent ?? spans[0]?.agent ?? lane
  timeline.rows.push({ lane, agent, depth, isHead: true })
  const busyUntil: number[] = []
  const hasTurns = spans.some((span) => span.kind === 'turn')
  for (const span of spans.toSorted((a, b) => a.started_ms - b.started_ms)) {
    // The session reaches over its turns, which say more.
    if (span.kind === 'session' && hasTurns) continue
    const bar = { span, row: head, from: span.started_ms, to: endOf(span, now) }
    if (!isFrame(span)) bar.row = head + 1 + firstFree(busyUntil, bar.from, bar.to)
    timeline.bars.push(bar)
  }
  for (let row = 0; row < busyUntil.length; row++) timeline.rows.push({ lane, agent, depth, isHead: false })
}

function firstFree(busyUntil: number[], from: number, to: number): number {
  const found = busyUntil.findIndex((until) => until <= from)
  const row = found < 0 ? busyUntil.length : found
  busyUntil[row] = Math.max(to, from + 1)
  return row
}

interface Nested { lane: string; depth: number; spans: Span[] }

function nest(spans: readonly Span[]): Nested[] {
  const lanes = new Map<string, Span[]>()
  const laneOf = new Map<string, string>()
  for (const span of spans) {
    laneOf.set(span.id, span.lane_id)
    const own = lanes.get(span.lane_id)
    if (own) own.push(span)
    else lanes.set(span.lane_id, [span])
  }
  const parentOf = (lane: string): string | null => {
    for (const span of lanes.get(lane) ?? []) {
      const parent = span.parent_id === null ? undefined : laneOf.get(span.parent_id)
      if (parent !== undefined && parent !== lane) return parent
    }
    return null
  }
  const children = new Map<string | null, string[]>()
  for (const lane of lanes.keys()) {
    const parent = parentOf(lane)
    children.set(parent, [...(children.get(parent) ?? []), lane])
  }
  const placed: Nested[] = []
  const start = (lane: string): number => Math.min(...(lanes.get(lane) ?? []).map((span) => span.started_ms))
  const visit = (lane: string, depth: number): void => {
    placed.push({ lane, depth, spans: lanes.get(lane) ?? [] })
    for (const child of (children.get(lane) ?? []).sort((a, b) => start(a) - start(b))) visit(child, depth + 1)
  }
  for (const lane of (children.get(null) ?? []).sort((a, b) => start(a) - start(b))) visit(lane, 0)
  return placed
}

export interface View { from: number; to: number }

const closest_ms = 20

/** The view zoomed by `factor` (below 1 comes closer) about a moment, within the whole with some room around it. */
export function zoom(view: View, factor: number, about: number, whole: View): View {
  const length = Math.min(Math.max((view.to - view.from) * factor, closest_ms), (whole.to - whole.from) * 1.1 + closest_ms)
  const share = (about - view.from) / (view.to - view.from)
  return within({ from: about - share * length, to: about + (1 - share) * length }, whole)
}

export function pan(view: View, by_ms: number, whole: View): View {
  return within({ from: view.from + by_ms, to: view.to + by_ms }, whole)
}

function within({ from, to }: View, whole: View): View {
  const room = (whole.to - whole.from) * 0.05 + closest_ms / 2
  const shift = Math.max(0, whole.from - room - from) - Math.max(0, to - whole.to - room)
  const fits = to - from <= whole.to - whole.from + 2 * room
  return fits ? { from: from + shift, to: to + shift } : { from: whole.from - room, to: whole.to + room }
}

/** The bar under a point, the shortest when several are. */
export function barAt(timeline: Timeline, row: number, at: number, slack_ms: number): TimelineBar | undefined {
  return timeline.bars
    .filter((bar) => bar.row === row && bar.from - slack_ms <= at && at <= bar.to + slack_ms)
    .reduce<TimelineBar | undefined>((best, bar) => (best === undefined || bar.to - bar.from < best.to - best.from ? bar : best), undefined)
}

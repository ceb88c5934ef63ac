/** Recordings of terminals: asciicast version 2, a header and a line of JSON for each event. */

export interface CastEvent {
  /** Seconds from the beginning, with long pauses cut short. */
  at: number
  kind: 'o' | 'r'
  data: string
}
export interface Cast {
  width: number
  height: number
  events: CastEvent[]
  duration_s: number
}

const DEFAULT = { width: 80, height: 24 }
const LARGEST = { width: 500, height: 200 }
/** Nobody wants to watch somebody think. */
const LONGEST_PAUSE_S = 2

/** Reads a recording; lines that are no events are left out. Null when the first line is no header. */
export function readCast(text: string): Cast | null {
  const lines = text.split('\n')
  const header = parse(lines[0] ?? '')
  if (header === null || typeof header !== 'object' || Array.isArray(header)) return null
  const { width, height, idle_time_limit: idle } = header as { width?: unknown; height?: unknown; idle_time_limit?: unknown }
  const pause = typeof idle === 'number' && idle > 0 ? Math.min(idle, LONGEST_PAUSE_S) : LONGEST_PAUSE_S
  const events = readEvents(lines, pause)
  return {
    width: size(width, DEFAULT.width, LARGEST.width),
    height: size(height, DEFAULT.height, LARGEST.height),
    events,
    duration_s: events.at(-1)?.at ?? 0,
  }
}

function readEvents(lines: readonly string[], pause: number): CastEvent[] {
  const events: CastEvent[] = []
  let last = 0
  let at = 0
  for (let index = 1; index < lines.length; index++) {
    const event = parse(lines[index] ?? '')
    if (!Array.isArray(event)) continue
    const [time, kind, data] = event as unknown[]
    if (typeof time !== 'number' || typeof data !== 'string' || (kind !== 'o' && kind !== 'r')) continue
    at += Math.min(Math.max(0, time - last), pause)
    last = Math.max(last, time)
    events.push({ at, kind, data })
  }
  return events
}

/** Columns and rows of a resize event (`120x40`), null when it has none that make sense. */
export function resizeOf(data: string): { width: number; height: number } | null {
  const match = /^(\d{1,4})x(\d{1,4})$/.exec(data)
  return match ? { width: size(Number(match[1]), 80, LARGEST.width), height: size(Number(match[2]), 24, LARGEST.height) } : null
}

/** How many events have happened at this second: a binary search. */
export function eventsUntil(events: readonly CastEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.at ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low
}

function size(value: unknown, otherwise: number, most: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? Math.min(value, most) : otherwise
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return null
  }
}

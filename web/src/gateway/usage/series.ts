import type { UsagePoint } from '../api/types'

export type Metric = 'cost' | 'calls'
export interface Line { key: string; values: Map<number, number>; sum: number }

/** More lines than this are not told apart any more: the smallest become one. */
const most_lines = 8
export const REST = '\u0000rest'

export const toMs = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at))
const valueOf = (point: UsagePoint, metric: Metric): number => (metric === 'cost' ? Number(point.cost_usd) : point.calls)

/** Points as one line for each key, the largest first, each value under the start of its bucket. */
export function linesOf(points: readonly UsagePoint[], metric: Metric, interval_ms: number): Line[] {
  const lines = new Map<string, Line>()
  for (const point of points) {
    const key = point.key ?? ''
    const line = lines.get(key) ?? { key, values: new Map<number, number>(), sum: 0 }
    lines.set(key, line)
    add(line, Math.floor(toMs(point.at) / interval_ms) * interval_ms, valueOf(point, metric))
  }
  const sorted = [...lines.values()].sort((a, b) => b.sum - a.sum || a.key.localeCompare(b.key))
  return sorted.length <= most_lines ? sorted : [...sorted.slice(0, most_lines - 1), together(sorted.slice(most_lines - 1), REST)]
}

function add(line: Line, bucket: number, value: number): void {
  line.values.set(bucket, (line.values.get(bucket) ?? 0) + value)
  line.sum += value
}

/** Several lines as one. */
export function together(lines: readonly Line[], key: string): Line {
  const all: Line = { key, values: new Map(), sum: 0 }
  for (const { values } of lines) for (const [bucket, value] of values) add(all, bucket, value)
  return all
}

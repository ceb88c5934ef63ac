/** What a chart draws, whichever of the two forms it came in: ours (`chart` and `rows`), or the code interpreter's (`elements`). */

export type ChartKind = 'line' | 'area' | 'bar' | 'scatter'
export interface Series {
  name: string
  /** A value for each place on the x axis; null where there is none. */
  values: (number | null)[]
}
export interface Chart {
  kind: ChartKind
  title: string
  xLabel: string
  yLabel: string
  /** Numbers, or names of places. */
  x: number[] | string[]
  series: Series[]
}

export const MAX_POINTS = 20_000
export const MAX_SERIES = 12
const KINDS: readonly string[] = ['line', 'area', 'bar', 'scatter']

type Loose = Record<string, unknown>

/** The chart of a document, null when it is none. */
export function readChart(value: unknown): Chart | null {
  if (!isObject(value)) return null
  if (isObject(value['chart']) && Array.isArray(value['rows'])) return fromRows(value['chart'], value['rows'])
  if (Array.isArray(value['elements'])) return fromElements(value, value['elements'])
  return null
}

function fromRows(spec: Loose, all: unknown[]): Chart | null {
  const rows = all.filter(isObject).slice(0, MAX_POINTS)
  const [first] = rows
  if (!first) return null
  const x = text(spec['x']) || Object.keys(first)[0] || ''
  const wanted = Array.isArray(spec['y']) ? spec['y'].map(text) : [text(spec['y'])]
  const names = wanted.filter((name) => name !== '')
  const shown = names.length > 0 ? names : Object.keys(first).filter((name) => name !== x && toNumber(first[name]) !== null)
  if (shown.length === 0) return null
  return {
    kind: kindOf(spec['type']),
    title: text(spec['title']),
    xLabel: text(spec['x_label']) || x,
    yLabel: text(spec['y_label']) || (shown.length === 1 ? (shown[0] ?? '') : ''),
    x: places(rows.map((row) => row[x])),
    series: shown.slice(0, MAX_SERIES).map((name) => ({ name, values: rows.map((row) => toNumber(row[name])) })),
  }
}

/** Lines have points, bars have a label and a value each. */
function fromElements(chart: Loose, all: unknown[]): Chart | null {
  const elements = all.filter(isObject)
  const common = { title: text(chart['title']), xLabel: text(chart['x_label']), yLabel: text(chart['y_label']) }
  if (chart['type'] === 'bar') {
    const bars = elements.slice(0, MAX_POINTS)
    const groups = [...new Set(bars.map((bar) => text(bar['group'])))].slice(0, MAX_SERIES)
    const x = [...new Set(bars.map((bar) => text(bar['label'])))]
    const found = (label: string, group: string) => bars.find((bar) => text(bar['label']) === label && text(bar['group']) === group)
    return {
      ...common,
      kind: 'bar',
      x,
      series: groups.map((group) => ({ name: group || common.yLabel, values: x.map((label) => toNumber(found(label, group)?.['value'])) })),
    }
  }
  const lines = elements.filter((element) => Array.isArray(element['points'])).slice(0, MAX_SERIES)
  if (lines.length === 0) return null
  return { ...common, kind: chart['type'] === 'scatter' ? 'scatter' : 'line', ...aligned(lines) }
}

function aligned(lines: Loose[]): Pick<Chart, 'x' | 'series'> {
  const points = lines.map((line) => (line['points'] as unknown[]).filter(Array.isArray).slice(0, MAX_POINTS))
  const keys = [...new Set(points.flat().map((point) => String(point[0])))]
  const sorted = keys.every((key) => toNumber(key) !== null) ? keys.sort((a, b) => Number(a) - Number(b)) : keys
  const shown = sorted.slice(0, MAX_POINTS)
  return {
    x: places(shown),
    series: lines.map((line, index) => {
      const byX = new Map((points[index] ?? []).map((point) => [String(point[0]), toNumber(point[1])]))
      return { name: text(line['label']) || String(index + 1), values: shown.map((key) => byX.get(key) ?? null) }
    }),
  }
}

/** Numbers when all are; names otherwise. */
function places(values: unknown[]): number[] | string[] {
  const numbers = values.map(toNumber)
  return numbers.every((one): one is number => one !== null) ? numbers : values.map(text)
}

function kindOf(value: unknown): ChartKind {
  return typeof value === 'string' && KINDS.includes(value) ? (value as ChartKind) : 'line'
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value.trim() === '') return null
  const found = Number(value)
  return Number.isFinite(found) ? found : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

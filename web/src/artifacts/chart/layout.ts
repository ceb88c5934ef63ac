import type { Chart } from './read'
import { type Extent, extentOf, ticks } from './scale'

const TOP = 12
const RIGHT = 16
const BOTTOM = 44
const LEFT = 60
const TICK_PX = 64

export interface Tick {
  at: number
  label: string
}
/** Where everything stands, in pixels of the frame. */
export interface Layout {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
  x: (index: number) => number
  y: (value: number) => number
  /** Width of the place of a bar group. */
  slot: number
  ground: number
  xTicks: Tick[]
  yTicks: Tick[]
  /** The place whose x is nearest to a pixel. */
  nearest: (pixel: number) => number
}

export function layoutOf(chart: Chart, width: number, height: number): Layout {
  const box = { left: LEFT, right: Math.max(LEFT + 1, width - RIGHT), top: TOP, bottom: Math.max(TOP + 1, height - BOTTOM) }
  const grounded = chart.kind === 'bar' || chart.kind === 'area'
  const values = extentOf(chart.series.flatMap((series) => series.values), grounded)
  const y = (value: number): number => box.bottom - ((value - values.low) / (values.high - values.low)) * (box.bottom - box.top)
  const isNumeric = chart.kind !== 'bar' && typeof chart.x[0] === 'number'
  const along = isNumeric ? numericX(chart.x as number[], box) : namedX(chart.x, box)
  const centres = chart.x.map((_, index) => along.x(index))
  return {
    width,
    height,
    ...box,
    ...along,
    y,
    ground: y(Math.max(values.low, Math.min(values.high, 0))),
    yTicks: ticks(values, (box.bottom - box.top) / 48).map((value) => ({ at: y(value), label: short(value) })),
    nearest: (pixel) => centres.reduce((best, at, index) => (Math.abs(at - pixel) < Math.abs((centres[best] ?? Infinity) - pixel) ? index : best), 0),
  }
}

interface Along {
  x: (index: number) => number
  slot: number
  xTicks: Tick[]
}

function numericX(all: number[], { left, right }: { left: number; right: number }): Along {
  const found = extentOf(all, false)
  const [low, high] = [Math.min(...spread(all)), Math.max(...spread(all))]
  const extent: Extent = low < high ? { low, high } : found
  const to = (value: number): number => left + ((value - extent.low) / (extent.high - extent.low)) * (right - left)
  return {
    x: (index) => to(all[index] ?? extent.low),
    slot: (right - left) / Math.max(1, all.length),
    xTicks: ticks(extent, (right - left) / (TICK_PX * 1.5)).map((value) => ({ at: to(value), label: short(value) })),
  }
}

function namedX(all: readonly (string | number)[], { left, right }: { left: number; right: number }): Along {
  const slot = (right - left) / Math.max(1, all.length)
  const every = Math.max(1, Math.ceil((all.length * TICK_PX) / (right - left)))
  const x = (index: number): number => left + (index + 0.5) * slot
  return { x, slot, xTicks: all.flatMap((name, index) => (index % every === 0 ? [{ at: x(index), label: cut(String(name), slot * every) }] : [])) }
}

/** Arguments of a call are bounded: the two ends of what is long enough are found in a loop. */
function spread(all: number[]): [number, number] {
  return all.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
}

function cut(name: string, room: number): string {
  const most = Math.max(3, Math.floor(room / 7))
  return name.length > most ? `${name.slice(0, most - 1)}…` : name
}

function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(4))}G`
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`
  return String(Number(value.toPrecision(6)))
}

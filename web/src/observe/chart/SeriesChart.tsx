import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { usePalette, type Palette } from './palette'
import { dayTime, tickLabel, timeTicks, valueTicks } from './ticks'
import { useCanvas } from './useCanvas'
import './chart.css'

export interface ChartSeries { key: string; label: string; colour: string; values: ReadonlyMap<number, number> }

interface Props {
  label: string
  series: readonly ChartSeries[]
  /** Buckets from `from` on, each `interval_ms` wide, before `to`. */
  from: number
  to: number
  interval_ms: number
  shape: 'stack' | 'lines'
  format: (value: number) => string
}

const left_px = 58
const bottom_px = 22
const top_px = 10

/** Values over time, stacked or as lines; pointing or arrows tell the values of a bucket. */
export function SeriesChart({ label, series, from, to, interval_ms, shape, format }: Props): ReactNode {
  const colours = usePalette()
  const buckets = bucketsOf(from, to, interval_ms)
  const [at, setAt] = useState<number | null>(null)
  const shown = at === null ? null : buckets[Math.min(at, buckets.length - 1)] ?? null
  const most = Math.max(...buckets.map((bucket) => heightOf(series, bucket, shape)), 0)
  const { canvas } = useCanvas((context, width, height) => drawChart(context, width, height, { series, buckets, interval_ms, shape, format, most, shown, colours }))
  const point = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect()
    if (!box) return
    const share = (event.clientX - box.left - left_px) / (box.width - left_px)
    setAt(share < 0 ? null : Math.max(0, Math.min(buckets.length - 1, Math.floor(share * buckets.length))))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const here = at ?? buckets.length - 1
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: buckets.length - 1 }[event.key]
    if (event.key === 'Escape') setAt(null)
    if (next === undefined) return
    event.preventDefault()
    setAt(Math.max(0, Math.min(buckets.length - 1, next)))
  }
  return (
    <div className="chart" role="group" aria-label={label} tabIndex={0} onKeyDown={onKeyDown} onPointerMove={point} onPointerLeave={() => setAt(null)}>
      <canvas ref={canvas} role="img" aria-label={`${label}: ${series.map((item) => item.label).join(', ')}`} />
      {shown !== null && <Told series={series} bucket={shown} format={format} isLate={(at ?? 0) > buckets.length / 2} />}
    </div>
  )
}

function Told({ series, bucket, format, isLate }: { series: readonly ChartSeries[]; bucket: number; format: (value: number) => string; isLate: boolean }): ReactNode {
  const rows = series.map((item) => ({ ...item, value: item.values.get(bucket) ?? 0 })).filter(({ value }) => value > 0).sort((a, b) => b.value - a.value)
  return (
    <div className={`chart-told tiny ${isLate ? 'at-start' : 'at-end'}`} role="status">
      <b>{dayTime(bucket)}</b>
      {rows.slice(0, 8).map(({ key, label, colour, value }) => <span key={key} className="chart-line"><i style={{ background: colour }} /><span className="cut">{label}</span><span className="chart-value">{format(value)}</span></span>)}
      {rows.length === 0 && <span className="muted">0</span>}
    </div>
  )
}

const bucketsOf = (from: number, to: number, interval_ms: number): number[] => {
  const first = Math.floor(from / interval_ms) * interval_ms
  return Array.from({ length: Math.max(1, Math.ceil((to - first) / interval_ms)) }, (_, index) => first + index * interval_ms)
}

function heightOf(series: readonly ChartSeries[], bucket: number, shape: Props['shape']): number {
  const values = series.map(({ values: of }) => of.get(bucket) ?? 0)
  return shape === 'stack' ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values)
}

interface Picture extends Pick<Props, 'series' | 'interval_ms' | 'shape' | 'format'> { buckets: readonly number[]; most: number; shown: number | null; colours: Palette }

function drawChart(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture): void {
  const { buckets, most, colours, shown, interval_ms } = picture
  const ticks = valueTicks(most, 4)
  const top = ticks.at(-1) ?? 1
  const room = { x: left_px, y: top_px, width: width - left_px - 4, height: height - top_px - bottom_px }
  const y = (value: number) => room.y + room.height * (1 - value / top)
  const x = (index: number) => room.x + (index / buckets.length) * room.width
  drawFrame(context, width, height, picture, ticks, y, room)
  if (shown !== null) {
    context.fillStyle = colours.raised
    context.fillRect(x(buckets.indexOf(shown)), room.y, Math.max(1, room.width / buckets.length), room.height)
  }
  if (picture.shape === 'stack') drawStack(context, picture, x, y, Math.max(1, (room.width / buckets.length) * 0.82))
  else drawLines(context, picture, (index) => x(index + 0.5), y)
  const first = buckets[0] ?? 0
  drawTimes(context, width, height, colours, first, (buckets.at(-1) ?? first) + interval_ms, room)
}

interface Room { x: number; y: number; width: number; height: number }

function drawFrame(context: CanvasRenderingContext2D, width: number, _height: number, { colours, format }: Picture, ticks: number[], y: (value: number) => number, room: Room): void {
  context.font = `11px ${colours.sans}`
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  for (const tick of ticks) {
    context.fillStyle = colours.line
    context.fillRect(room.x, Math.round(y(tick)), width - room.x, 1)
    context.fillStyle = colours.faint
    context.fillText(format(tick), room.x - 8, y(tick))
  }
  context.textAlign = 'left'
}

function drawStack(context: CanvasRenderingContext2D, { series, buckets }: Picture, x: (index: number) => number, y: (value: number) => number, wide: number): void {
  buckets.forEach((bucket, index) => {
    let sum = 0
    for (const { values, colour } of series) {
      const value = values.get(bucket) ?? 0
      if (value === 0) continue
      context.fillStyle = colour
      context.fillRect(x(index), y(sum + value), wide, y(sum) - y(sum + value))
      sum += value
    }
  })
}

function drawLines(context: CanvasRenderingContext2D, { series, buckets }: Picture, x: (index: number) => number, y: (value: number) => number): void {
  context.lineWidth = 1.5
  context.lineJoin = 'round'
  for (const { values, colour } of series) {
    context.strokeStyle = colour
    context.beginPath()
    buckets.forEach((bucket, index) => context.lineTo(x(index), y(values.get(bucket) ?? 0)))
    context.stroke()
  }
}

function drawTimes(context: CanvasRenderingContext2D, width: number, height: number, colours: Palette, from: number, to: number, room: Room): void {
  const { at, step } = timeTicks(from, to, Math.max(2, room.width / 110))
  context.fillStyle = colours.faint
  context.textAlign = 'center'
  for (const tick of at) {
    const place = room.x + ((tick - from) / (to - from)) * room.width
    if (place > room.x + 16 && place < width - 20) context.fillText(tickLabel(tick, step), place, height - bottom_px / 2)
  }
  context.textAlign = 'left'
}

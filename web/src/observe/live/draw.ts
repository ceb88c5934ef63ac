import { toneColour, type Palette } from '../chart/palette'
import { tickLabel, timeTicks } from '../chart/ticks'
import { hueOf } from '../parts/hue'
import type { Lane, LaneStatus, Placed } from '../store/lanes'
import { shortType, type Tone } from '../store/row'

export interface LaneView {
  placed: readonly Placed[]
  /** The moment at the right edge. */
  now: number
  span_ms: number
  scrollTop: number
  rowHeight: number
  /** Where the tracks begin; the names stand left of it. */
  left: number
  /** Height of the names above the track inside a row (on a phone). */
  above: number
  colours: Palette
  /** Draws the rate of the last minute left of the tracks. */
  sparks: boolean
}

export const axis_px = 24
const bar_px = 16
const pulse_ms = 700
const spark_px = 64
const right_px = 12

/** The tracks of the visible lanes: tool calls as bars, events as marks, time running to the left. */
export function drawLanes(context: CanvasRenderingContext2D, width: number, height: number, view: LaneView): void {
  const { placed, rowHeight, scrollTop } = view
  const first = Math.max(0, Math.floor((scrollTop - axis_px) / rowHeight))
  const last = Math.min(placed.length, Math.ceil((scrollTop + height) / rowHeight))
  drawGrid(context, width, height, view)
  for (let index = first; index < last; index++) {
    const place = placed[index]
    if (place) drawLane(context, width, axis_px + index * rowHeight - scrollTop, place.lane, view)
  }
  drawAxis(context, width, view)
}

const scaleOf = ({ left, now, span_ms }: LaneView, width: number) => {
  const room = width - left - right_px
  return (at: number): number => left + room * (1 - (now - at) / span_ms)
}

function ticksOf(view: LaneView, width: number): { at: number[]; step: number } {
  return timeTicks(view.now - view.span_ms, view.now, Math.max(2, (width - view.left) / 130))
}

function drawGrid(context: CanvasRenderingContext2D, width: number, height: number, view: LaneView): void {
  const x = scaleOf(view, width)
  context.fillStyle = view.colours.line
  const { placed, rowHeight, above, scrollTop } = view
  for (const at of ticksOf(view, width).at) {
    // Where the names stand above the tracks, no line runs through them.
    if (above === 0) context.fillRect(Math.round(x(at)), axis_px, 1, height)
    else placed.forEach((_, index) => context.fillRect(Math.round(x(at)), axis_px + index * rowHeight - scrollTop + above, 1, rowHeight - above))
  }
}

function drawAxis(context: CanvasRenderingContext2D, width: number, view: LaneView): void {
  const { colours } = view
  const x = scaleOf(view, width)
  context.fillStyle = colours.bg
  context.fillRect(0, 0, width, axis_px)
  context.fillStyle = colours.line
  context.fillRect(0, axis_px - 1, width, 1)
  context.fillStyle = colours.faint
  context.font = `11px ${colours.sans}`
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  const { at, step } = ticksOf(view, width)
  for (const tick of at) if (x(tick) > view.left + 24 && x(tick) < width - 30) context.fillText(tickLabel(tick, step), x(tick), axis_px / 2)
  context.textAlign = 'left'
}

function drawLane(context: CanvasRenderingContext2D, width: number, top: number, lane: Lane, view: LaneView): void {
  const { colours, rowHeight, above, left } = view
  const middle = top + above + (rowHeight - above) / 2
  context.fillStyle = colours.line
  context.fillRect(0, Math.round(top + rowHeight) - 1, width, 1)
  context.save()
  context.beginPath()
  context.rect(left, top, width - left, rowHeight)
  context.clip()
  drawBars(context, middle, width, lane, view)
  drawPulses(context, middle, width, lane, view)
  context.restore()
  if (view.sparks) drawSpark(context, left - spark_px - 12, middle, lane, view)
}

function drawBars(context: CanvasRenderingContext2D, middle: number, width: number, lane: Lane, view: LaneView): void {
  const { colours, now, span_ms } = view
  const x = scaleOf(view, width)
  const tint = colours.hue(hueOf(lane.agent))
  for (let index = lane.bars.length - 1; index >= 0; index--) {
    const bar = lane.bars[index]
    if (!bar || bar.to < now - span_ms) break
    if (bar.from > now) continue
    drawBar(context, x(bar.from), x(Math.min(bar.to, now)), middle, bar.name, bar.tone === 'ok' ? tint : toneColour(bar.tone, colours), false, colours)
  }
  const until = isBusy(lane.statusAt(now)) ? now : lane.last
  for (const { name, since } of lane.running.values()) {
    if (since <= now && until >= now - span_ms) drawBar(context, Math.max(x(since), view.left), x(until), middle, name, tint, true, colours)
  }
}

function drawBar(context: CanvasRenderingContext2D, from: number, to: number, middle: number, name: string, tint: string, isRunning: boolean, colours: Palette): void {
  const width = Math.max(3, to - from)
  context.globalAlpha = isRunning ? 0.38 : 0.24
  context.fillStyle = tint
  context.beginPath()
  context.roundRect(from, middle - bar_px / 2, width, bar_px, 4)
  context.fill()
  context.globalAlpha = 1
  context.fillRect(from, middle - bar_px / 2, 2, bar_px)
  if (width < 30) return
  context.fillStyle = colours.fg
  context.font = `11px ${colours.mono}`
  context.textBaseline = 'middle'
  const room = Math.floor((width - 12) / 6.7)
  context.fillText(name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name, from + 7, middle + 0.5)
}

function drawPulses(context: CanvasRenderingContext2D, middle: number, width: number, lane: Lane, view: LaneView): void {
  const { colours, now, span_ms } = view
  const x = scaleOf(view, width)
  const y = middle + bar_px / 2 + 5
  lane.eachPulse(now - span_ms, now, (at, tone) => {
    const age = now - at
    const isLoud = tone === 'bad' || tone === 'denied' || tone === 'ask' || tone === 'prompt'
    context.fillStyle = toneColour(tone, colours)
    if (isLoud) drawMark(context, x(at), y, tone)
    else context.fillRect(x(at) - 1, y - 2, 2, 4)
    if (age < pulse_ms) drawRipple(context, x(at), middle, age / pulse_ms)
  })
}

/** Loud events differ by shape as well, for those who do not see the colours. */
function drawMark(context: CanvasRenderingContext2D, x: number, y: number, tone: Tone): void {
  context.beginPath()
  if (tone === 'bad') { context.moveTo(x - 4, y + 3); context.lineTo(x + 4, y + 3); context.lineTo(x, y - 4) }
  else if (tone === 'prompt') context.arc(x, y, 3, 0, Math.PI * 2)
  else { context.moveTo(x, y - 4); context.lineTo(x + 4, y); context.lineTo(x, y + 4); context.lineTo(x - 4, y) }
  context.fill()
}

function drawRipple(context: CanvasRenderingContext2D, x: number, y: number, share: number): void {
  context.globalAlpha = 0.5 * (1 - share)
  context.beginPath()
  context.arc(x, y, 4 + 10 * share, 0, Math.PI * 2)
  context.fill()
  context.globalAlpha = 1
}

function drawSpark(context: CanvasRenderingContext2D, x: number, middle: number, lane: Lane, { now, colours }: LaneView): void {
  const rates = lane.rates(now)
  const most = Math.max(4, ...rates)
  context.beginPath()
  rates.forEach((rate, index) => context.lineTo(x + (index / (rates.length - 1)) * spark_px, middle + 7 - (rate / most) * 14))
  context.strokeStyle = colours.hue(hueOf(lane.agent))
  context.globalAlpha = 0.9
  context.lineWidth = 1.25
  context.stroke()
  context.globalAlpha = 1
}

export const isBusy = (status: LaneStatus): boolean => status === 'running' || status === 'waiting'
export const toolWords = (lane: Lane): string => [...lane.running.values()].map(({ name }) => shortType(name)).join(', ')

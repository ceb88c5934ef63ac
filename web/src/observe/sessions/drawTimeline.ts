import { statusColour, type Palette } from '../chart/palette'
import { tickLabel, timeTicks } from '../chart/ticks'
import { hueOf } from '../parts/hue'
import type { Timeline, TimelineBar, View } from './layout'

export interface TimelinePicture {
  timeline: Timeline
  view: View
  scrollTop: number
  left: number
  chosen: string | null
  colours: Palette
  /** A moment to mark across all rows. */
  mark: number | null
}

export const row_px = 26
export const axis_px = 26
const bar_px = 18
const letter_px = 6.8

export function drawTimeline(context: CanvasRenderingContext2D, width: number, height: number, picture: TimelinePicture): void {
  const { timeline, view, scrollTop, left, colours, mark } = picture
  const x = (at: number) => left + ((at - view.from) / (view.to - view.from)) * (width - left)
  const { at, step } = timeTicks(view.from, view.to, Math.max(2, (width - left) / 120))
  const first = Math.floor(scrollTop / row_px)
  const last = Math.min(timeline.rows.length, Math.ceil((scrollTop + height) / row_px))
  drawRows(context, width, picture, first, last)
  context.fillStyle = colours.line
  for (const tick of at) if (x(tick) > left) context.fillRect(Math.round(x(tick)), axis_px, 1, height)
  context.save()
  context.beginPath()
  context.rect(left, axis_px, width - left, height)
  context.clip()
  for (const bar of timeline.bars) {
    if (bar.row < first || bar.row >= last || bar.to < view.from || bar.from > view.to) continue
    drawBar(context, bar, x(Math.max(bar.from, view.from - 1)), x(Math.min(bar.to, view.to + 1)), axis_px + bar.row * row_px - scrollTop + (row_px - bar_px) / 2, picture)
  }
  if (mark !== null) { context.fillStyle = colours.accent; context.fillRect(Math.round(x(mark)), axis_px, 2, height) }
  context.restore()
  drawAxis(context, width, picture, at.map((tick) => ({ x: x(tick), label: tickLabel(tick, step) })))
}

function drawRows(context: CanvasRenderingContext2D, width: number, { timeline, scrollTop, colours }: TimelinePicture, first: number, last: number): void {
  context.fillStyle = colours.line
  for (let row = first; row < last; row++) {
    if (timeline.rows[row]?.isHead && row > 0) context.fillRect(0, Math.round(axis_px + row * row_px - scrollTop), width, 1)
  }
}

function drawAxis(context: CanvasRenderingContext2D, width: number, { colours, left }: TimelinePicture, ticks: { x: number; label: string }[]): void {
  context.fillStyle = colours.panel
  context.fillRect(0, 0, width, axis_px)
  context.fillStyle = colours.line
  context.fillRect(0, axis_px - 1, width, 1)
  context.fillStyle = colours.muted
  context.font = `11px ${colours.sans}`
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  for (const tick of ticks) if (tick.x > left + 26 && tick.x < width - 26) context.fillText(tick.label, tick.x, axis_px / 2)
  context.textAlign = 'left'
}

function drawBar(context: CanvasRenderingContext2D, { span }: TimelineBar, from: number, to: number, top: number, { chosen, colours, left }: TimelinePicture): void {
  const width = Math.max(2, to - from)
  const isFrame = span.kind === 'turn' || span.kind === 'session' || span.kind === 'subagent'
  const isFine = span.status === 'ok' || span.status === 'running'
  const tint = isFine ? colours.hue(hueOf(span.agent)) : statusColour(span.status, colours)
  context.globalAlpha = isFrame ? 0.14 : span.status === 'running' ? 0.5 : 0.3
  context.fillStyle = tint
  context.beginPath()
  context.roundRect(from, top, width, bar_px, Math.min(4, width / 2))
  context.fill()
  context.globalAlpha = 1
  context.fillRect(from, top, Math.min(width, isFrame ? 1.5 : 2.5), bar_px)
  if (span.id === chosen) outline(context, from, top, width, colours)
  const start = Math.max(from, left) + 7
  const room = Math.floor((to - start - 4) / letter_px)
  if (room < 3) return
  const text = labelOf(span.name, span.summary)
  context.fillStyle = isFrame ? colours.muted : colours.fg
  context.font = `11px ${isFrame ? colours.sans : colours.mono}`
  context.textBaseline = 'middle'
  context.fillText(text.length > room ? `${text.slice(0, room - 1)}…` : text, start, top + bar_px / 2 + 0.5)
}

const labelOf = (name: string, summary: string | null): string => (summary === null || summary === '' || summary === name ? name : summary.startsWith(name) ? summary : `${name}  ${summary}`)

function outline(context: CanvasRenderingContext2D, x: number, y: number, width: number, colours: Palette): void {
  context.strokeStyle = colours.accent
  context.lineWidth = 2
  context.beginPath()
  context.roundRect(x - 1, y - 1, width + 2, bar_px + 2, 5)
  context.stroke()
}

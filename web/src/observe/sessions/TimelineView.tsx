import { useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from 'react'
import Maximize2 from 'lucide-react/icons/maximize-2'
import ZoomIn from 'lucide-react/icons/zoom-in'
import ZoomOut from 'lucide-react/icons/zoom-out'
import { useT } from '@/i18n'
import { useMedia } from '@/lib/useMedia'
import { duration } from '@/lib/format'
import { IconButton } from '@/ui'
import type { Span } from '../api/types'
import { usePalette } from '../chart/palette'
import { useCanvas } from '../chart/useCanvas'
import { clockTime } from '../chart/ticks'
import { hueOf } from '../parts/hue'
import { narrow } from '../parts/useEvery'
import { axis_px, drawTimeline, row_px } from './drawTimeline'
import { barAt, layOut, pan, zoom, type TimelineBar, type View } from './layout'

interface Props {
  spans: readonly Span[]
  now: number
  chosen: Span | null
  onChoose: (span: Span | null) => void
  /** A moment to mark. */
  mark: number | null
}

const names_px = 176
const names_phone_px = 92
const slack_px = 4

/** A session's spans over time: wheel or + and - zoom, drag or Shift with arrows pan, arrows walk from span to span. */
export function TimelineView({ spans, now, chosen, onChoose, mark }: Props): ReactNode {
  const t = useT('observe')
  const colours = usePalette()
  const left = useMedia(narrow) ? names_phone_px : names_px
  const timeline = useMemo(() => layOut(spans, now), [spans, now])
  const whole = { from: timeline.from, to: Math.max(timeline.to, timeline.from + 1) }
  const [own, setOwn] = useState<View | null>(null)
  const view = own ?? zoom(whole, 1.02, (whole.from + whole.to) / 2, whole)
  const scroller = useRef<HTMLDivElement>(null)
  const { canvas, redraw } = useCanvas((context, width, height) => drawTimeline(context, width, height, {
    timeline, view, scrollTop: scroller.current?.scrollTop ?? 0, left, chosen: chosen?.id ?? null, colours, mark,
  }))
  const width = () => (canvas.current?.clientWidth ?? 1) - left
  const momentAt = (clientX: number) => view.from + ((clientX - (canvas.current?.getBoundingClientRect().left ?? 0) - left) / width()) * (view.to - view.from)
  const zoomBy = (factor: number, about = (view.from + view.to) / 2) => setOwn(zoom(view, factor, about, whole))
  const panBy = (share: number) => setOwn(pan(view, (view.to - view.from) * share, whole))
  useWheel(scroller, (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) zoomBy(event.deltaY > 0 ? 1.2 : 1 / 1.2, momentAt(event.clientX))
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) panBy((event.deltaX || event.deltaY) / width())
    else return false
    return true
  })
  const drag = useDrag((dx) => setOwn((at) => pan(at ?? view, (-dx / width()) * (view.to - view.from), whole)), (event) => {
    const box = canvas.current?.getBoundingClientRect()
    if (!box || event.clientY - box.top < axis_px) return
    const row = Math.floor((event.clientY - box.top - axis_px + (scroller.current?.scrollTop ?? 0)) / row_px)
    onChoose(barAt(timeline, row, momentAt(event.clientX), (slack_px / width()) * (view.to - view.from))?.span ?? null)
  })
  const show = (bar: TimelineBar | undefined) => {
    if (!bar) return
    onChoose(bar.span)
    const box = scroller.current
    const top = bar.row * row_px
    if (box && (top < box.scrollTop || top > box.scrollTop + box.clientHeight - axis_px - row_px)) box.scrollTop = Math.max(0, top - row_px * 2)
    if (bar.to < view.from || bar.from > view.to) setOwn(pan(view, bar.from - view.from - (view.to - view.from) * 0.2, whole))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepFrom(timeline.bars, chosen)
    const moves: Record<string, () => void> = {
      '+': () => zoomBy(1 / 1.4), '=': () => zoomBy(1 / 1.4), '-': () => zoomBy(1.4), '0': () => setOwn(null), Escape: () => onChoose(null),
      ArrowRight: () => (event.shiftKey ? panBy(0.15) : show(next(1))), ArrowLeft: () => (event.shiftKey ? panBy(-0.15) : show(next(-1))),
      ArrowDown: () => show(next('down')), ArrowUp: () => show(next('up')),
    }
    const move = moves[event.key]
    if (!move || event.target !== event.currentTarget) return
    event.preventDefault()
    move()
  }
  return (
    <div className="timeline">
      <div className="timeline-tools">
        <span className="tiny muted nowrap">{duration(view.to - view.from)}</span>
        <IconButton size="s" label={t('zoomOut')} icon={<ZoomOut size={14} />} onClick={() => zoomBy(1.6)} />
        <IconButton size="s" label={t('zoomIn')} icon={<ZoomIn size={14} />} onClick={() => zoomBy(1 / 1.6)} />
        <IconButton size="s" label={t('zoomFit')} icon={<Maximize2 size={14} />} onClick={() => setOwn(null)} />
      </div>
      <div ref={scroller} className="timeline-scroll" role="application" tabIndex={0} aria-label={t('timeline')} aria-describedby="timeline-keys" onScroll={redraw} onKeyDown={onKeyDown} {...drag}>
        <canvas ref={canvas} className="timeline-canvas" aria-hidden="true" />
        <ul className="timeline-names" style={{ height: axis_px + timeline.rows.length * row_px, width: left }}>
          {timeline.rows.map((row, index) => row.isHead && (
            <li key={row.lane} className="ob-agent cut" style={{ top: axis_px + index * row_px, '--h': hueOf(row.agent), '--depth': row.depth } as CSSProperties} title={row.agent}>{row.agent}</li>
          ))}
        </ul>
      </div>
      <p id="timeline-keys" className="sr-only">{t('timelineKeys')}</p>
      <p className="sr-only" role="status">{chosen === null ? '' : `${chosen.agent}, ${chosen.name}, ${chosen.summary ?? ''}, ${clockTime(chosen.started_ms)}`}</p>
    </div>
  )
}

type Step = 1 | -1 | 'up' | 'down'

/** From a span to its neighbours: by time along the row, or the nearest on the next row that has one. */
function stepFrom(bars: readonly TimelineBar[], chosen: Span | null): (step: Step) => TimelineBar | undefined {
  const here = bars.find((bar) => bar.span.id === chosen?.id)
  const inTime = bars.toSorted((a, b) => a.row - b.row || a.from - b.from)
  return (step) => {
    if (!here) return inTime[0]
    if (step === 1 || step === -1) return inTime[inTime.indexOf(here) + step]
    const rows = bars.filter((bar) => (step === 'down' ? bar.row > here.row : bar.row < here.row))
    const row = step === 'down' ? Math.min(...rows.map((bar) => bar.row)) : Math.max(...rows.map((bar) => bar.row))
    return rows.filter((bar) => bar.row === row).reduce<TimelineBar | undefined>((best, bar) => (best && Math.abs(best.from - here.from) <= Math.abs(bar.from - here.from) ? best : bar), undefined)
  }
}

/** Wheel events that a page may keep from scrolling need a listener of their own. */
function useWheel(scroller: RefObject<HTMLElement | null>, take: (event: WheelEvent) => boolean): void {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const box = scroller.current
    const onWheel = (event: WheelEvent) => { if (latest.current(event)) event.preventDefault() }
    box?.addEventListener('wheel', onWheel, { passive: false })
    return () => box?.removeEventListener('wheel', onWheel)
  }, [scroller])
}

const click_px = 4

/** Dragging with the mouse pans; a press that stays in place is a click. Fingers scroll as everywhere. */
function useDrag(onDrag: (dx: number) => void, onClick: (event: PointerEvent) => void) {
  const from = useRef<{ x: number; moved: boolean } | null>(null)
  return {
    onPointerDown: (event: PointerEvent) => { from.current = { x: event.clientX, moved: false } },
    onPointerMove: (event: PointerEvent) => {
      const start = from.current
      if (!start || event.buttons === 0 || event.pointerType !== 'mouse') return
      const dx = event.clientX - start.x
      if (!start.moved && Math.abs(dx) < click_px) return
      from.current = { x: event.clientX, moved: true }
      onDrag(dx)
    },
    onPointerUp: (event: PointerEvent) => {
      if (from.current && !from.current.moved) onClick(event)
      from.current = null
    },
    onPointerCancel: () => { from.current = null },
  }
}

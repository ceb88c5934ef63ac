import { memo, useEffect, useRef, useState, type CSSProperties, type ReactNode, type RefObject } from 'react'
import { useT } from '@/i18n'
import { useMedia } from '@/lib/useMedia'
import { Link } from '@/lib/router'
import { prefersStill, useCanvas } from '../chart/useCanvas'
import { usePalette } from '../chart/palette'
import { hueOf } from '../parts/hue'
import { narrow } from '../parts/useEvery'
import { Status } from '../parts/Status'
import type { Lane, LaneStatus, Placed } from '../store/lanes'
import { axis_px, drawLanes, toolWords } from './draw'

interface Props {
  /** Asked on every frame, so that the board itself need not be drawn by React. */
  placed: () => readonly Placed[]
  now: () => number
  span_ms: number
  /** Changes with whatever the names show. */
  version: number
  /** Calls back when there is something new to draw. */
  onChange: (listener: () => void) => () => void
  moving: boolean
  sparks?: boolean
}

const wide = { row: 44, left: 292, above: 0 }
const phone = { row: 66, left: 0, above: 30 }
const overscan = 4

/** Swim lanes: the names are the page's own elements, the tracks one canvas beside them. */
export function LaneBoardView({ placed, now, span_ms, version, onChange, moving, sparks = true }: Props): ReactNode {
  const t = useT('observe')
  const colours = usePalette()
  const isPhone = useMedia(narrow)
  const { row, left, above } = isPhone ? phone : wide
  const scroller = useRef<HTMLDivElement>(null)
  const { canvas, redraw } = useCanvas((context, width, height) => drawLanes(context, width, height, {
    placed: placed(), now: now(), span_ms, scrollTop: scroller.current?.scrollTop ?? 0, rowHeight: row, left, above, colours, sparks: sparks && !isPhone,
  }))
  const range = useVisible(scroller, row, redraw)
  useFrames(redraw, onChange, moving, span_ms)
  const lanes = placed()
  return (
    <div ref={scroller} className="lanes" tabIndex={0} role="region" aria-label={t('lanes')}>
      <canvas ref={canvas} className="lanes-canvas" aria-hidden="true" />
      <ul className="lanes-names" style={{ height: axis_px + lanes.length * row }} data-version={version}>
        {lanes.slice(range.first, range.last).map(({ lane, depth }, index) => (
          <li key={lane.id} style={{ top: axis_px + (range.first + index) * row, height: row }}>
            <Name
              source={lane.source} session={lane.session} agent={lane.agent} project={lane.project} depth={depth} status={lane.statusAt(now())}
              tools={toolWords(lane)} errors={lane.errors} summary={lane.summary} title={lane.title || (depth > 0 ? lane.summary : '')}
            />
          </li>
        ))}
      </ul>
    </div>
  )
}

interface NameProps extends Pick<Lane, 'source' | 'session' | 'agent' | 'project' | 'errors' | 'summary' | 'title'> { depth: number; status: LaneStatus; tools: string }

const Name = memo(function Name({ source, session, agent, project, depth, status, tools, errors, summary, title }: NameProps): ReactNode {
  const t = useT('observe')
  return (
    <Link
      to="/observe/sessions/$source/$id" params={{ source, id: session }} className={`lane-name lane-${status}`} style={{ '--h': hueOf(agent), '--depth': depth } as CSSProperties}
      title={[project, summary].filter(Boolean).join(': ')}
    >
      <span className="lane-title"><b className="ob-agent cut">{agent}</b>{errors > 0 && <span className="tiny tone-bad nowrap">{t('errorsN', { n: errors })}</span>}</span>
      <span className="lane-under tiny">
        {tools === '' ? <Status status={status} /> : <span className="lane-tools mono cut">{tools}</span>}
        <span className="cut faint lane-about">{title || (depth === 0 ? [source === agent ? null : source, project].filter(Boolean).join(' · ') || session.slice(0, 8) : '')}</span>
      </span>
    </Link>
  )
})

function useVisible(scroller: RefObject<HTMLDivElement | null>, row: number, redraw: () => void): { first: number; last: number } {
  const [range, setRange] = useState({ first: 0, last: 30 })
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const see = () => {
      redraw()
      const first = Math.max(0, Math.floor(box.scrollTop / row) - overscan)
      const last = Math.ceil((box.scrollTop + box.clientHeight) / row) + overscan
      setRange((now) => (now.first === first && now.last === last ? now : { first, last }))
    }
    see()
    box.addEventListener('scroll', see, { passive: true })
    const watcher = new ResizeObserver(see)
    watcher.observe(box)
    return () => { box.removeEventListener('scroll', see); watcher.disconnect() }
  }, [scroller, row, redraw])
  return range
}

const calm_ms = 1000
const smooth_ms = 33

/** Redraws when something came in and, while time runs, often enough for it to look smooth; slowly for those who want it still. */
function useFrames(redraw: () => void, onChange: Props['onChange'], moving: boolean, span_ms: number): void {
  useEffect(() => {
    const stop = onChange(redraw)
    if (!moving) return stop
    const pause = prefersStill() ? calm_ms : Math.max(smooth_ms, span_ms / 4000)
    let frame = 0
    let last = 0
    const tick = (at: number) => {
      if (at - last >= pause) { last = at; redraw() }
      frame = requestAnimationFrame(tick)
    }
    frame = requestAnimationFrame(tick)
    return () => { cancelAnimationFrame(frame); stop() }
  }, [redraw, onChange, moving, span_ms])
}

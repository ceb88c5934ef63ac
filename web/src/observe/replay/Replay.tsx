import { useCallback, useMemo, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import Film from 'lucide-react/icons/film'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import StepBack from 'lucide-react/icons/step-back'
import StepForward from 'lucide-react/icons/step-forward'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import { EmptyState, ErrorState, IconButton, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import { clockTime } from '../chart/ticks'
import { SessionPicker } from '../compare/SessionPicker'
import { EventDrawer } from '../events/EventDrawer'
import { setSearch, useFilters } from '../filters/useFilters'
import { LaneBoardView } from '../live/LaneBoardView'
import { useSessionLog } from '../sessions/log'
import { Transcript } from '../sessions/Transcript'
import type { Row } from '../store/row'
import { DensityStrip } from './DensityStrip'
import { speeds, usePlayer, type Player } from './usePlayer'

const window_ms = 60_000

/** A session played again: its lanes and its events follow the scrubber. */
export default function Replay(): ReactNode {
  const t = useT('observe')
  const { of = '', at } = useFilters().search
  const slash = of.indexOf('/')
  return (
    <div className="replay">
      <div className="replay-pick"><SessionPicker label={t('session')} value={of} onChange={(next) => setSearch({ of: next || undefined, at: undefined })} /></div>
      {slash < 0 ? <EmptyState icon={<Film size={20} />} title={t('replayTitle')}><p>{t('replayText')}</p></EmptyState>
        : <Session key={of} source={of.slice(0, slash)} id={of.slice(slash + 1)} at={Number(at) || null} />}
    </div>
  )
}

function Session({ source, id, at }: { source: string; id: string; at: number | null }): ReactNode {
  const t = useT('observe')
  const log = useSessionLog(source, id)
  if (log.status === 'failed') return <ErrorState error={log.error} onRetry={() => void log.load()} />
  if (log.status === 'loading') return <div className="observe-wait"><Spinner label={t('loading')} /></div>
  if (log.rows.length === 0) return <EmptyState icon={<Film size={20} />} title={t('nothingFits')} />
  return <Stage rows={log.rows} at={at} />
}

function Stage({ rows, at }: { rows: readonly Row[]; at: number | null }): ReactNode {
  const player = usePlayer(rows, at)
  const lanes = useMemo(() => new Set(rows.map((row) => row.lane)).size, [rows])
  const [open, setOpen] = useState<Row | null>(null)
  const placed = useCallback(() => player.replay.board.arrange(), [player.replay])
  const now = useCallback(() => player.clock.timeAt(player.exact()), [player.clock, player.exact])
  return (
    <div className="stage" style={{ '--lanes': lanes } as CSSProperties} onKeyDown={(event) => steer(event, player)}>
      <Controls player={player} rows={rows} />
      <LaneBoardView placed={placed} now={now} span_ms={window_ms} version={player.passed} onChange={player.listen} moving={false} sparks={false} />
      <div className={`events-split ${open ? 'with-drawer' : ''}`}>
        <Transcript rows={rows} at={player.passed - 1} onOpen={setOpen} openId={open?.id ?? null} />
        {open && <EventDrawer key={open.id} row={open} search="" onClose={() => setOpen(null)} />}
      </div>
    </div>
  )
}

function steer(event: KeyboardEvent, player: Player): void {
  if (event.target instanceof HTMLElement && event.target.closest('input, select, button, [role=tree]')) return
  const moves: Record<string, () => void> = { ' ': () => player.play(!player.playing), ArrowRight: () => player.step(1), ArrowLeft: () => player.step(-1) }
  const move = moves[event.key]
  if (!move) return
  event.preventDefault()
  move()
}

function Controls({ player, rows }: { player: Player; rows: readonly Row[] }): ReactNode {
  const t = useT('observe')
  const { clock, position, passed, playing } = player
  const words = t('replayAt', { at: clockTime(clock.timeAt(position)), n: passed, all: rows.length })
  return (
    <div className="replay-controls">
      <div className="row">
        <IconButton label={t('stepBack')} icon={<StepBack size={16} />} onClick={() => player.step(-1)} disabled={passed <= 1} />
        <IconButton label={playing ? t('pause') : t('play')} icon={playing ? <Pause size={17} /> : <Play size={17} />} onClick={() => player.play(!playing)} className="play" />
        <IconButton label={t('stepForward')} icon={<StepForward size={16} />} onClick={() => player.step(1)} disabled={passed >= rows.length} />
      </div>
      <div className="scrub">
        <DensityStrip at={clock.at} length_ms={clock.length_ms} rows={rows} position={position} />
        <input
          type="range" min={0} max={Math.max(1, clock.length_ms)} step="any" value={position} aria-label={t('scrub')} aria-valuetext={words}
          onChange={(event) => player.seek(Number(event.target.value))}
          onKeyDown={(event) => { if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { event.preventDefault(); player.step(event.key === 'ArrowRight' ? 1 : -1) } }}
        />
      </div>
      <span className="tiny muted nowrap replay-where">{words} · {duration(position)} / {duration(clock.length_ms)}</span>
      <Segments size="s" label={t('speed')} value={String(player.speed)} onChange={(speed) => player.setSpeed(Number(speed))} options={speeds.map((speed) => ({ value: String(speed), label: `${speed}×` }))} />
    </div>
  )
}

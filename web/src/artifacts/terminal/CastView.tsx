import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import { useT } from '@/i18n'
import { loadXterm } from '@/terminal'
import { EmptyState, IconButton } from '@/ui'
import { Segments } from '@/ui/Segments'
import { clock } from '../clock'
import { type Cast, readCast } from './cast'
import { Player, type PlayerState } from './player'
import '@/terminal/terminal.css'
import './cast.css'

const SPEEDS = ['0.5', '1', '2', '4'] as const
const STEP_S = 5

export default function CastView({ text, title }: { text: string; title: string }): ReactNode {
  const t = useT('artifacts')
  const cast = useMemo(() => readCast(text), [text])
  if (!cast)
    return (
      <EmptyState title={t('castBroken')}>
        <p>{t('castBrokenDetail')}</p>
      </EmptyState>
    )
  return <Playback cast={cast} title={title} />
}

/** A terminal that shows what another one showed, with the knobs of a player. */
function Playback({ cast, title }: { cast: Cast; title: string }): ReactNode {
  const t = useT('artifacts')
  const box = useRef<HTMLDivElement>(null)
  const player = useRef<Player | null>(null)
  const [{ playing, at }, setState] = useState<PlayerState>({ playing: false, at: 0 })
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>('1')
  usePlayer(box, cast, player, setState)
  const toggle = (): void => (playing ? player.current?.pause() : player.current?.play())
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLElement && event.target.closest('button, input')) return
    if (event.key === ' ') toggle()
    else if (event.key === 'ArrowLeft') player.current?.seek(at - STEP_S)
    else if (event.key === 'ArrowRight') player.current?.seek(at + STEP_S)
    else return
    event.preventDefault()
  }
  return (
    <div className="sheet" onKeyDown={onKeyDown}>
      <div className="cast" role="region" aria-label={title} tabIndex={0}>
        <div ref={box} className="cast-screen" />
      </div>
      <div className="cast-bar">
        <IconButton
          size="s"
          label={playing ? t('pause') : t('play')}
          icon={playing ? <Pause size={15} /> : <Play size={15} />}
          onClick={toggle}
        />
        <input
          type="range"
          className="cast-seek"
          min={0}
          max={cast.duration_s || 1}
          step="any"
          value={at}
          aria-label={t('seek')}
          aria-valuetext={`${clock(at)} / ${clock(cast.duration_s)}`}
          onChange={(event) => player.current?.seek(Number(event.target.value))}
        />
        <span className="tiny muted cast-time">
          {clock(at)} / {clock(cast.duration_s)}
        </span>
        <Segments
          size="s"
          label={t('speed')}
          value={speed}
          onChange={(value) => {
            setSpeed(value)
            if (player.current) player.current.speed = Number(value)
          }}
          options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        />
      </div>
    </div>
  )
}

function usePlayer(
  box: React.RefObject<HTMLDivElement | null>,
  cast: Cast,
  player: React.RefObject<Player | null>,
  tell: (state: PlayerState) => void,
): void {
  useEffect(() => {
    let end = (): void => undefined
    let isGone = false
    void loadXterm().then(({ makeTerminal }) => {
      if (isGone || !box.current) return
      const { terminal, dispose } = makeTerminal(box.current, { disableStdin: true, cursorBlink: false })
      terminal.resize(cast.width, cast.height)
      const made = new Player(terminal, cast, tell)
      player.current = made
      const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches
      if (isStill) made.seek(cast.duration_s)
      else made.play()
      end = () => {
        made.end()
        dispose()
      }
    })
    return () => {
      isGone = true
      player.current = null
      end()
    }
  }, [box, cast, player, tell])
}

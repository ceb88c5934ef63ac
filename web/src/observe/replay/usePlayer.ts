import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Row } from '../store/row'
import { ReplayBoard, ReplayClock } from './player'

export const speeds = [1, 4, 16, 64] as const
const words_ms = 100

/** A replay of rows: where it stands, and what moves it. */
export interface Player {
  clock: ReplayClock
  replay: ReplayBoard
  position: number
  passed: number
  playing: boolean
  speed: number
  play: (playing: boolean) => void
  seek: (position: number) => void
  step: (by: number) => void
  setSpeed: (speed: number) => void
  /** The exact position, for what is drawn on every frame. */
  exact: () => number
  listen: (listener: () => void) => () => void
}

export function usePlayer(rows: readonly Row[], start_ts: number | null): Player {
  const clock = useMemo(() => new ReplayClock(rows), [rows])
  const replay = useMemo(() => new ReplayBoard(rows), [rows])
  const [shown, setShown] = useState(() => (start_ts === null ? 0 : clock.positionOf(start_ts)))
  const exact = useRef(shown)
  const listeners = useRef(new Set<() => void>())
  const [playing, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<number>(4)
  const move = useCallback((position: number, tell: boolean) => {
    exact.current = Math.max(0, Math.min(clock.length_ms, position))
    replay.seek(clock.passed(exact.current))
    listeners.current.forEach((listener) => listener())
    if (tell) setShown(exact.current)
  }, [clock, replay])
  // A session that still runs grows: the replay stays where it was.
  useEffect(() => move(exact.current, true), [move])
  useEffect(() => {
    if (!playing) return
    let frame = 0
    let last = performance.now()
    let told = 0
    const tick = (now: number) => {
      const isDue = now - told > words_ms
      move(exact.current + (now - last) * speed, isDue)
      if (isDue) told = now
      last = now
      if (exact.current >= clock.length_ms) { setPlaying(false); setShown(exact.current); return }
      frame = requestAnimationFrame(tick)
    }
    frame = requestAnimationFrame(tick)
    return () => cancelAnimationFrame(frame)
  }, [playing, speed, clock, move])
  const seek = useCallback((position: number) => move(position, true), [move])
  const step = useCallback((by: number) => {
    setPlaying(false)
    const index = Math.max(0, Math.min(rows.length - 1, clock.passed(exact.current) - 1 + by))
    move(clock.at[index] ?? 0, true)
  }, [rows, clock, move])
  const play = useCallback((on: boolean) => {
    if (on && exact.current >= clock.length_ms) move(0, true)
    setPlaying(on)
  }, [clock, move])
  const listen = useCallback((listener: () => void) => { listeners.current.add(listener); return () => { listeners.current.delete(listener) } }, [])
  return { clock, replay, position: shown, passed: clock.passed(shown), playing, speed, play, seek, step, setSpeed, exact: useCallback(() => exact.current, []), listen }
}

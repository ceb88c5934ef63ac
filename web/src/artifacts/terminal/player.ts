import type { Terminal } from '@xterm/xterm'
import { type Cast, eventsUntil, resizeOf } from './cast'

/** What the player tells whoever shows it. */
export interface PlayerState {
  playing: boolean
  at: number
}

/** Plays a recording on a terminal: the clock runs with the frames, jumps draw everything that happened until then. */
export class Player {
  private drawn = 0
  private at = 0
  private frame = 0
  private stamp = 0
  speed = 1

  constructor(
    private readonly terminal: Terminal,
    private readonly cast: Cast,
    private readonly tell: (state: PlayerState) => void,
  ) {}

  play(): void {
    if (this.frame) return
    if (this.at >= this.cast.duration_s) this.seek(0)
    this.stamp = performance.now()
    this.frame = requestAnimationFrame(this.tick)
    this.report()
  }

  pause(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.report()
  }

  seek(at: number): void {
    const to = Math.min(Math.max(0, at), this.cast.duration_s)
    if (to < this.at) {
      this.terminal.reset()
      this.terminal.resize(this.cast.width, this.cast.height)
      this.drawn = 0
    }
    this.at = to
    this.draw()
    this.report()
  }

  end(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
  }

  private readonly tick = (now: number): void => {
    this.at = Math.min(this.cast.duration_s, this.at + ((now - this.stamp) / 1000) * this.speed)
    this.stamp = now
    this.draw()
    const isOver = this.at >= this.cast.duration_s
    this.frame = isOver ? 0 : requestAnimationFrame(this.tick)
    this.report()
  }

  /** Writes what lies between what is drawn and now, in as few pieces as resizes allow. */
  private draw(): void {
    const until = eventsUntil(this.cast.events, this.at)
    let text = ''
    for (; this.drawn < until; this.drawn++) {
      const event = this.cast.events[this.drawn]
      if (event?.kind === 'o') text += event.data
      const size = event?.kind === 'r' ? resizeOf(event.data) : null
      if (size) {
        this.terminal.write(text)
        text = ''
        this.terminal.resize(size.width, size.height)
      }
    }
    if (text) this.terminal.write(text)
  }

  private report(): void {
    this.tell({ playing: this.frame !== 0, at: this.at })
  }
}

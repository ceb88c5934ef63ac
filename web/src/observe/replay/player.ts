import { LaneBoard } from '../store/lanes'
import type { Row } from '../store/row'

/** Nobody wants to sit through a pause longer than this: the clock of a replay skips the rest of it. */
export const longest_pause_ms = 5_000

/** Maps the time of day to the time of a replay, in which long silences are short; and back. */
export class ReplayClock {
  /** Where each row stands in replay time. */
  readonly at: Float64Array
  readonly length_ms: number

  constructor(private readonly rows: readonly Row[], pause_ms = longest_pause_ms) {
    this.at = new Float64Array(rows.length)
    let position = 0
    rows.forEach((row, index) => {
      position += Math.min(pause_ms, Math.max(0, row.ts - (rows[index - 1]?.ts ?? row.ts)))
      this.at[index] = position
    })
    this.length_ms = position
  }

  /** How many rows have happened at a position. */
  passed(position: number): number {
    let low = 0
    let high = this.at.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.at[middle] ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The time of day at a position. */
  timeAt(position: number): number {
    const index = this.passed(position) - 1
    const row = this.rows[Math.max(0, index)]
    return row === undefined ? 0 : row.ts + Math.max(0, position - (this.at[Math.max(0, index)] ?? 0))
  }

  /** The position of a time of day. */
  positionOf(ts: number): number {
    const index = this.rows.findIndex((row) => row.ts >= ts)
    return index < 0 ? this.length_ms : (this.at[index] ?? 0)
  }
}

/** The lanes as they were when so many rows had happened; going back folds from the beginning, which is quick. */
export class ReplayBoard {
  board = new LaneBoard()
  private taken = 0

  constructor(private readonly rows: readonly Row[]) {}

  seek(passed: number): void {
    if (passed < this.taken) {
      this.board = new LaneBoard()
      this.taken = 0
    }
    for (; this.taken < passed; this.taken++) {
      const row = this.rows[this.taken]
      if (row) this.board.take(row)
    }
  }
}

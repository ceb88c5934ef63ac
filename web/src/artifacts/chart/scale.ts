export interface Extent {
  low: number
  high: number
}

/** Round numbers that lie in the extent, about so many of them. */
export function ticks({ low, high }: Extent, wanted: number): number[] {
  const span = high - low
  if (!(span > 0) || !Number.isFinite(span)) return [low]
  const rough = span / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** The extent of values, with a little room; from 0 for what stands on a ground. */
export function extentOf(values: readonly (number | null)[], grounded: boolean): Extent {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value === null) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return { low: 0, high: 1 }
  if (grounded) {
    low = Math.min(0, low)
    high = Math.max(0, high)
  }
  if (low === high) return { low: low - 1, high: high + 1 }
  const room = (high - low) * 0.05
  return { low: grounded && low === 0 ? 0 : low - room, high: grounded && high === 0 ? 0 : high + room }
}

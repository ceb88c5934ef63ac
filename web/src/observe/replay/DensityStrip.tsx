import type { ReactNode } from 'react'
import { toneColour, usePalette } from '../chart/palette'
import { useCanvas } from '../chart/useCanvas'
import type { Row } from '../store/row'

const bin_px = 3

/** Where in a replay much happens, and where something went wrong; lies behind the scrubber. */
export function DensityStrip({ at, length_ms, rows, position }: { at: Float64Array; length_ms: number; rows: readonly Row[]; position: number }): ReactNode {
  const colours = usePalette()
  const { canvas } = useCanvas((context, width, height) => {
    const bins = new Array<number>(Math.ceil(width / bin_px)).fill(0)
    const place = (index: number) => ((at[index] ?? 0) / Math.max(1, length_ms)) * (width - bin_px)
    rows.forEach((_, index) => { const bin = Math.floor(place(index) / bin_px); bins[bin] = (bins[bin] ?? 0) + 1 })
    const most = Math.max(...bins)
    bins.forEach((n, bin) => {
      if (n === 0) return
      const tall = 3 + (n / most) * (height - 8)
      context.globalAlpha = bin * bin_px <= (position / Math.max(1, length_ms)) * width ? 0.8 : 0.28
      context.fillStyle = colours.accent
      context.fillRect(bin * bin_px, height - tall, bin_px - 1, tall)
    })
    context.globalAlpha = 1
    rows.forEach(({ tone }, index) => {
      if (tone !== 'bad' && tone !== 'denied') return
      context.fillStyle = toneColour(tone, colours)
      context.fillRect(place(index), 0, 2, 5)
    })
  })
  return <canvas ref={canvas} className="density" aria-hidden="true" />
}

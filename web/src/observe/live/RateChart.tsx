import { useEffect, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { usePalette } from '../chart/palette'
import { useCanvas } from '../chart/useCanvas'
import { observe } from '../store/useObserve'

const seconds = 60
const redraw_ms = 1000

function totals(now: number): number[] {
  const sums = new Array<number>(seconds).fill(0)
  for (const lane of observe.board.lanes.values()) lane.rates(now, seconds).forEach((rate, index) => { sums[index] = (sums[index] ?? 0) + rate })
  return sums
}

/** Events a second, of all lanes, for the last minute. */
export function RateChart(): ReactNode {
  const t = useT('observe')
  const colours = usePalette()
  const now = observe.frozen_ms ?? Date.now()
  // The present second is not over yet.
  const rate = totals(now - 1000).slice(-10).reduce((sum, n) => sum + n, 0) / 10
  const { canvas, redraw } = useCanvas((context, width, height) => {
    const rates = totals(observe.frozen_ms ?? Date.now())
    const most = Math.max(4, ...rates)
    const step = width / seconds
    context.fillStyle = colours.accent
    rates.forEach((value, index) => {
      const tall = Math.max(value > 0 ? 2 : 1, (value / most) * height)
      context.globalAlpha = value > 0 ? 0.85 : 0.25
      context.fillRect(index * step, height - tall, Math.max(1, step - 1.5), tall)
    })
    context.globalAlpha = 1
  })
  useEffect(() => {
    const timer = setInterval(redraw, redraw_ms)
    return () => clearInterval(timer)
  }, [redraw])
  return (
    <div className="rate">
      <span className="tiny muted nowrap">{t('perSecond', { n: rate, shown: number(rate, rate < 10 ? 1 : 0) })}</span>
      <canvas ref={canvas} role="img" aria-label={t('rateChart')} />
    </div>
  )
}

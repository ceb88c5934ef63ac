import type { ReactNode } from 'react'

const width = 120
const height = 28

/** A line over the last samples, from zero to their maximum. Drawn for the eye only: the figure stands beside it. */
export function Sparkline({ values }: { values: readonly number[] }): ReactNode {
  const top = Math.max(...values, 1e-9)
  const step = width / Math.max(1, values.length - 1)
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`)
  if (values.length < 2) return <svg className="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" />
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} />
      <polyline points={points.join(' ')} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

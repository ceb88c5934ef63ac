import type { ReactNode } from 'react'
import type { Layout } from './layout'
import type { Chart, Series } from './read'

const BAR_SHARE = 0.72

/** The picture itself. Its values are read out beside it. */
export function Plot({ chart, layout, at }: { chart: Chart; layout: Layout; at: number | null }): ReactNode {
  return (
    <svg width={layout.width} height={layout.height} aria-hidden>
      <Axes chart={chart} layout={layout} />
      {at !== null && <line className="chart-cursor" x1={layout.x(at)} x2={layout.x(at)} y1={layout.top} y2={layout.bottom} />}
      {chart.series.map((series, index) => (
        <g key={index} data-series={index % 6}>
          <Marks chart={chart} layout={layout} series={series} index={index} />
          {at !== null && typeof series.values[at] === 'number' && chart.kind !== 'bar' && (
            <circle className="chart-point" cx={layout.x(at)} cy={layout.y(series.values[at])} r={4.5} />
          )}
        </g>
      ))}
    </svg>
  )
}

function Axes({ chart, layout }: { chart: Chart; layout: Layout }): ReactNode {
  const { left, right, top, bottom, height } = layout
  return (
    <g className="chart-axes">
      {layout.yTicks.map(({ at, label }) => (
        <g key={label}>
          <line x1={left} x2={right} y1={at} y2={at} />
          <text x={left - 8} y={at + 4} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      {layout.xTicks.map(({ at, label }, index) => (
        <text key={index} x={at} y={bottom + 18} textAnchor="middle">
          {label}
        </text>
      ))}
      <text className="chart-label" x={(left + right) / 2} y={height - 6} textAnchor="middle">
        {chart.xLabel}
      </text>
      <text className="chart-label" transform={`translate(13 ${(top + bottom) / 2}) rotate(-90)`} textAnchor="middle">
        {chart.yLabel}
      </text>
    </g>
  )
}

interface MarksProps {
  chart: Chart
  layout: Layout
  series: Series
  index: number
}

function Marks({ chart, layout, series, index }: MarksProps): ReactNode {
  if (chart.kind === 'bar') return <path className="chart-bars" d={bars(chart, layout, series, index)} />
  if (chart.kind === 'scatter') return <path className="chart-dots" d={dots(layout, series)} />
  return (
    <>
      {chart.kind === 'area' && <path className="chart-area" d={area(layout, series)} />}
      <path className="chart-line" d={line(layout, series)} />
    </>
  )
}

function line(layout: Layout, { values }: Series): string {
  let pen = 'M'
  let path = ''
  values.forEach((value, index) => {
    if (value === null) {
      pen = 'M'
      return
    }
    path += `${pen}${round(layout.x(index))} ${round(layout.y(value))}`
    pen = 'L'
  })
  return path
}

function area(layout: Layout, { values }: Series): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ x: round(layout.x(index)), y: round(layout.y(value)) }]))
  const [first] = known
  const last = known.at(-1)
  if (!first || !last) return ''
  return `M${first.x} ${round(layout.ground)}${known.map(({ x, y }) => `L${x} ${y}`).join('')}L${last.x} ${round(layout.ground)}Z`
}

function bars(chart: Chart, layout: Layout, { values }: Series, index: number): string {
  const width = (layout.slot * BAR_SHARE) / chart.series.length
  return values
    .map((value, place) => {
      if (value === null) return ''
      const left = layout.x(place) - (layout.slot * BAR_SHARE) / 2 + index * width
      return `M${round(left)} ${round(layout.ground)}V${round(layout.y(value))}h${round(Math.max(1, width - 1))}V${round(layout.ground)}Z`
    })
    .join('')
}

/** A line of no length with round ends is a dot. */
function dots(layout: Layout, { values }: Series): string {
  return values.map((value, index) => (value === null ? '' : `M${round(layout.x(index))} ${round(layout.y(value))}h0`)).join('')
}

const round = (value: number): number => Math.round(value * 10) / 10

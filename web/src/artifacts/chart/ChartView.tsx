import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Segments } from '@/ui/Segments'
import JsonData from '../json/JsonData'
import type { Source } from '../sheet/messages'
import { useSheet } from '../sheet/useSheet'
import TableView from '../table/TableView'
import { Plot } from './Plot'
import { layoutOf } from './layout'
import { type Chart, readChart } from './read'
import './chart.css'

/** Data with a chart: drawn, or as the table it is made of. */
export default function ChartView({ text, title }: { text: string; title: string }): ReactNode {
  const t = useT('artifacts')
  const [asTable, setAsTable] = useState(false)
  const parsed = useMemo(() => parse(text), [text])
  const chart = useMemo(() => readChart(parsed), [parsed])
  if (!chart) return <JsonData text={text} title={title} />
  return (
    <>
      <div className="sheet-kind">
        <Segments
          size="s"
          label={t('mode')}
          value={asTable ? 'table' : 'chart'}
          onChange={(value) => setAsTable(value === 'table')}
          options={[
            { value: 'chart', label: t('chart') },
            { value: 'table', label: t('jsonTable') },
          ]}
        />
      </div>
      {asTable ? <ChartTable chart={chart} title={title} /> : <Drawn chart={chart} title={chart.title || title} />}
    </>
  )
}

function ChartTable({ chart, title }: { chart: Chart; title: string }): ReactNode {
  const source = useMemo((): Source => ({ format: 'json', text: JSON.stringify(rowsOf(chart)) }), [chart])
  return <TableView opening={useSheet(source)} title={title} />
}

function Drawn({ chart, title }: { chart: Chart; title: string }): ReactNode {
  const t = useT('artifacts')
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const layout = useMemo(() => (size.width > 0 ? layoutOf(chart, size.width, size.height) : null), [chart, size])
  const [at, setAt] = useState<number | null>(null)
  const last = chart.x.length - 1
  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    if (layout) setAt(layout.nearest(event.clientX - box.left))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? last + 1) - 1, Home: 0, End: last, Escape: null }[event.key]
    if (next === undefined) return
    event.preventDefault()
    setAt(next === null ? null : Math.max(0, Math.min(last, next)))
  }
  return (
    <figure className="chart" aria-label={title}>
      <figcaption>
        <b>{title}</b>
        {chart.series.length > 1 && <Legend chart={chart} />}
      </figcaption>
      <div
        ref={frame}
        className="chart-frame"
        role="group"
        aria-label={t('chartValues')}
        tabIndex={0}
        onPointerMove={onMove}
        onPointerLeave={() => setAt(null)}
        onKeyDown={onKeyDown}
      >
        {layout && <Plot chart={chart} layout={layout} at={at} />}
      </div>
      <p className="chart-read" role="status">
        {at === null ? t('chartHint') : valuesAt(chart, at)}
      </p>
    </figure>
  )
}

function Legend({ chart }: { chart: Chart }): ReactNode {
  return (
    <ul className="chart-legend">
      {chart.series.map(({ name }, index) => (
        <li key={index} style={{ '--s': index } as CSSProperties} data-series={index % 6}>
          {name}
        </li>
      ))}
    </ul>
  )
}

function valuesAt(chart: Chart, at: number): string {
  const values = chart.series.map(({ name, values: all }) => {
    const value = all[at]
    return `${chart.series.length > 1 || name ? `${name}: ` : ''}${value === null || value === undefined ? '–' : number(value, 4)}`
  })
  return `${chart.x[at] ?? ''} · ${values.join(' · ')}`
}

function rowsOf(chart: Chart): Record<string, unknown>[] {
  const x = chart.xLabel || 'x'
  return chart.x.map((place, index) => ({ [x]: place, ...Object.fromEntries(chart.series.map(({ name, values }) => [name || 'y', values[index] ?? null])) }))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function useSize(frame: React.RefObject<HTMLDivElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return size
}

import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes, count } from '@/lib/format'
import type { PerformanceReport, Sample } from './data'
import { Sparkline } from './Sparkline'
import { time } from './time'

interface TileProps {
  label: string
  value: string
  detail?: string
  tone?: 'ok' | 'warn' | 'bad'
  values?: readonly number[]
}

function Tile({ label, value, detail, tone, values }: TileProps): ReactNode {
  return (
    <div className="perf-tile">
      <dt className="tiny muted">{label}</dt>
      <dd>
        <span className={`perf-figure ${tone ? `tone-${tone}` : ''}`}>{value}</span>
        {detail !== undefined && <span className="tiny muted">{detail}</span>}
      </dd>
      {values && <Sparkline values={values} />}
    </div>
  )
}

const slow_loop_ms = 50

/** The process and its queues at a glance. */
export function Tiles({ report, samples }: { report: PerformanceReport; samples: readonly Sample[] }): ReactNode {
  const t = useT('performance')
  const { system, load } = report
  return (
    <dl className="perf-tiles">
      <Tile label={t('cpu')} value={`${count(Math.round(system.cpu_percent))} %`} detail={t('threads', { n: system.threads })} values={samples.map((sample) => sample.cpu)} />
      <Tile label={t('memory')} value={bytes(system.rss_bytes)} detail={t('files', { n: system.open_files })} values={samples.map((sample) => sample.rss)} />
      <Tile
        label={t('lag')}
        value={time(system.loop_lag_p99_ms)}
        detail={t('lagMiddle', { ms: time(system.loop_lag_p50_ms) })}
        {...(system.loop_lag_p99_ms > slow_loop_ms ? { tone: 'warn' as const } : {})}
        values={samples.map((sample) => sample.lag)}
      />
      <Tile label={t('uptime')} value={uptime(system.uptime_seconds)} detail={t('version', { version: report.version })} />
      <Tile label={t('ingested')} value={count(load.events_ingested)} detail={t('dropped', { n: load.events_dropped })} {...(load.events_dropped > 0 ? { tone: 'warn' as const } : {})} />
      <Tile label={t('queue')} value={count(load.log_queue)} detail={t('runQueue', { n: load.run_queue })} />
      <Tile label={t('connections')} value={count(load.stream_connections)} />
      <Tile label={t('projector')} value={load.projector_lag === null ? '—' : count(load.projector_lag)} detail={t('projectorDetail')} />
    </dl>
  )
}

function uptime(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const clock = new Date(Math.floor(seconds % 86_400) * 1000).toISOString().slice(11, 19)
  return days > 0 ? `${days}d ${clock}` : clock
}

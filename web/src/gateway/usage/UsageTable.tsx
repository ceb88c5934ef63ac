import { useState, type CSSProperties, type ReactNode } from 'react'
import ArrowDown from 'lucide-react/icons/arrow-down'
import ArrowUp from 'lucide-react/icons/arrow-up'
import { useT } from '@/i18n'
import { count, duration } from '@/lib/format'
import type { UsageGroup, UsageRow } from '../api/types'
import { cost, percent } from '../parts/cost'
import { measures, nameOf, names, pressed, sorted, type Measure, type Sort, type SortBy } from './sorting'

const time = (ms: number | null): string => (ms === null ? '—' : duration(ms))
const cells: Record<Measure, (row: UsageRow) => ReactNode> = {
  calls: (row) => count(row.calls),
  errors: (row) => <span className={row.errors > 0 ? 'tone-bad' : 'muted'}>{count(row.errors)}</span>,
  tokensIn: (row) => count(row.input_tokens),
  tokensOut: (row) => count(row.output_tokens),
  cachedShare: (row) => percent(row.cached_tokens, row.input_tokens),
  cacheHits: (row) => count(row.cache_hits),
  firstToken: (row) => time(row.first_token_ms_p50),
  latency: (row) => time(row.latency_ms_p50),
  saved: (row) => cost(row.saved_usd),
  cost: (row) => <b>{cost(row.cost_usd)}</b>,
}

/** The breakdown, sorted by any of its columns either way. */
export function UsageTable({ by, rows }: { by: UsageGroup; rows: readonly UsageRow[] }): ReactNode {
  const t = useT('gateway')
  const [sort, setSort] = useState<Sort | null>(null)
  // Days are read in their order, everything else by what it costs, until somebody wants it otherwise.
  const now: Sort = sort ?? (by === 'day' ? { by: 'name', descending: true } : { by: 'cost', descending: true })
  const barOf = now.by === 'name' ? 'cost' : now.by
  const most = Math.max(...rows.map(measures[barOf]), 1e-12)
  const heading = (name: SortBy, label: string, end: boolean) => (
    <th key={name} scope="col" className={end ? 'end' : undefined} aria-sort={now.by === name ? (now.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" className="usage-sort" onClick={() => setSort(pressed(now, name))}>
        {label}{now.by === name && (now.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
    </th>
  )
  return (
    <div className="usage-scroll" role="region" tabIndex={0} aria-label={t('breakdown')}>
      <table className="table">
        <thead><tr>{heading('name', t(`group_${by}`), false)}{names.map((name) => heading(name, t(name), true))}</tr></thead>
        <tbody>
          {sorted(rows, now).map((row) => (
            <tr key={row.key ?? ''}>
              <td className="usage-key">
                <span className={by === 'model' || by === 'session' ? 'mono usage-name' : 'usage-name'}>{nameOf(row) || <span className="muted">{t('none')}</span>}</span>
                <span className="usage-share" style={{ '--share': measures[barOf](row) / most } as CSSProperties} />
              </td>
              {names.map((name) => <td key={name} className="end nowrap">{cells[name](row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

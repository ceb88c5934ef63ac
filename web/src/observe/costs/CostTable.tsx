import { useState, type CSSProperties, type ReactNode } from 'react'
import ArrowDown from 'lucide-react/icons/arrow-down'
import { useT } from '@/i18n'
import { count, money } from '@/lib/format'
import { Link } from '@/lib/router'
import { toUsd, type CostGroup, type CostRow } from '../api/types'
import { Agent } from '../parts/Agent'
import { hueOf } from '../parts/hue'

const measures = {
  calls: (row: CostRow) => row.calls, tokensIn: (row: CostRow) => row.input_tokens, tokensOut: (row: CostRow) => row.output_tokens,
  tokensCached: (row: CostRow) => row.cached_tokens, cost: (row: CostRow) => toUsd(row.cost_usd),
} as const
type Measure = keyof typeof measures
const names = Object.keys(measures) as Measure[]

/** The breakdown, the most expensive first, with each row's share of the whole as a bar. */
export function CostTable({ group, rows }: { group: CostGroup; rows: readonly CostRow[] }): ReactNode {
  const t = useT('observe')
  const [by, setBy] = useState<Measure>('cost')
  const sorted = group === 'day' ? rows.toSorted((a, b) => b.key.localeCompare(a.key)) : rows.toSorted((a, b) => measures[by](b) - measures[by](a))
  const most = Math.max(...rows.map(measures[by]), 1e-9)
  return (
    <div className="table-scroll" role="region" tabIndex={0} aria-label={t('breakdown')}>
      <table className="table">
        <thead><tr>
          <th scope="col">{t(group)}</th><th scope="col" className="share-head"><span className="sr-only">{t('share')}</span></th>
          {names.map((name) => (
            <th key={name} scope="col" className="end" aria-sort={by === name && group !== 'day' ? 'descending' : undefined}>
              <button type="button" className="sort" onClick={() => setBy(name)}>{t(name)}{by === name && group !== 'day' && <ArrowDown size={12} aria-hidden />}</button>
            </th>
          ))}
        </tr></thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.key}>
              <td className="cost-key"><Key group={group} row={row} /></td>
              <td className="share"><span style={{ '--share': measures[by](row) / most, '--h': hueOf(row.label || row.key) } as CSSProperties} /></td>
              <td className="end">{count(row.calls)}</td><td className="end">{count(row.input_tokens)}</td><td className="end">{count(row.output_tokens)}</td><td className="end">{count(row.cached_tokens)}</td>
              <td className="end nowrap">{money(String(toUsd(row.cost_usd)))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Key({ group, row }: { group: CostGroup; row: CostRow }): ReactNode {
  const t = useT('observe')
  const label = row.label || row.key || t('unknown')
  if (group === 'agent') return <Agent name={label} />
  const [source, ...rest] = row.key.split('/')
  if (group === 'session' && source && rest.length > 0) return <Link to="/observe/sessions/$source/$id" params={{ source, id: rest.join('/') }} className="cut">{label}</Link>
  return <span className={group === 'model' ? 'mono' : ''}>{label}</span>
}

import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import ArrowLeftRight from 'lucide-react/icons/arrow-left-right'
import GitCompare from 'lucide-react/icons/git-compare'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ago, count, duration } from '@/lib/format'
import { Link, useNavigate, useSearch } from '@/lib/router'
import { EmptyState, IconButton, Select } from '@/ui'
import { compareQuery } from '../api/queries'
import type { Comparison, Run, Totals } from '../api/types'
import { useRuns } from '../list/useRuns'
import { useTitle } from '../list/useTitle'
import { costOf } from '../parts/facts'
import { Status } from '../parts/Status'
import { Pairs } from './Pairs'

const most_choices = 100

/** Two runs in two columns, step beside step, with the first difference marked and the sums of both. */
export default function ComparePage(): ReactNode {
  const t = useT('runs')
  const { a = '', b = '' } = useSearch()
  const navigate = useNavigate()
  const set = (search: { a?: string; b?: string }) => void navigate({ to: '/runs/compare', search: { a, b, ...search }, replace: true })
  const { items } = useRuns({ limit: most_choices })
  return (
    <div className="runs-page">
      <header className="run-head">
        <Link to={a === '' ? '/runs' : `/runs/${a}`} className="icon-btn icon-btn-s" aria-label={t('toRuns')} data-tip={t('toRuns')}><ArrowLeft size={16} /></Link>
        <h1>{t('compare')}</h1>
      </header>
      <div className="compare-runs">
        <Picker label={t('firstRun')} value={a} runs={items} onChange={(next) => set({ a: next })} />
        <IconButton label={t('swap')} icon={<ArrowLeftRight size={16} />} onClick={() => set({ a: b, b: a })} />
        <Picker label={t('secondRun')} value={b} runs={items} onChange={(next) => set({ b: next })} />
      </div>
      {a === '' || b === '' ? <EmptyState icon={<GitCompare size={20} />} title={t('compareTitle')}><p>{t('compareText')}</p></EmptyState> : <Compared a={a} b={b} />}
    </div>
  )
}

function Picker({ label, value, runs, onChange }: { label: string; value: string; runs: readonly Run[]; onChange: (id: string) => void }): ReactNode {
  const t = useT('runs')
  const titleOf = useTitle()
  const known = runs.some(({ id }) => id === value)
  return (
    <Select
      aria-label={label} value={value} onChange={onChange}
      options={[
        { value: '', label }, ...(known || value === '' ? [] : [{ value, label: value }]),
        ...runs.map((run) => ({ value: run.id, label: `${run.agent}: ${titleOf(run).slice(0, 60)} (${t(`status_${run.status}`)}, ${ago(run.created_at)})` })),
      ]}
    />
  )
}

function Compared({ a, b }: { a: string; b: string }): ReactNode {
  return (
    <Loaded query={useQuery(compareQuery(a, b))}>
      {(comparison) => <><Sums comparison={comparison} /><Pairs comparison={comparison} /></>}
    </Loaded>
  )
}

const rows: { label: 'stepsCount' | 'took' | 'tokensIn' | 'tokensOut' | 'cost'; of: (totals: Totals) => string }[] = [
  { label: 'stepsCount', of: (totals) => count(totals.steps) },
  { label: 'took', of: (totals) => (totals.duration_ms === null ? '—' : duration(totals.duration_ms)) },
  { label: 'tokensIn', of: (totals) => count(totals.input_tokens) },
  { label: 'tokensOut', of: (totals) => count(totals.output_tokens) },
  { label: 'cost', of: (totals) => costOf(totals.cost_usd) },
]

function Sums({ comparison: { a, b, totals } }: { comparison: Comparison }): ReactNode {
  const t = useT('runs')
  return (
    <div className="table-wrap" role="region" aria-label={t('sums')} tabIndex={0}>
      <table className="table">
        <thead><tr><th scope="col">{t('sums')}</th>{[a, b].map((run, index) => <th key={index} scope="col"><Link to={`/runs/${run.id}`}>{run.agent}{run.model === null ? '' : ` · ${run.model}`}</Link></th>)}</tr></thead>
        <tbody>
          <tr><th scope="row">{t('status')}</th><td><Status status={a.status} dead={a.dead} /></td><td><Status status={b.status} dead={b.dead} /></td></tr>
          {rows.map(({ label, of }) => <tr key={label}><th scope="row">{t(label)}</th><td className="tabular">{of(totals.a)}</td><td className="tabular">{of(totals.b)}</td></tr>)}
        </tbody>
      </table>
    </div>
  )
}

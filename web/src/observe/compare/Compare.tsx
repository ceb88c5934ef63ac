import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowLeftRight from 'lucide-react/icons/arrow-left-right'
import GitCompare from 'lucide-react/icons/git-compare'
import { language, useT } from '@/i18n'
import { count, duration, money } from '@/lib/format'
import { EmptyState, ErrorState, IconButton, Spinner } from '@/ui'
import { comparisonQuery } from '../api/queries'
import type { ComparedSpan, ComparedTool, Comparison, Span } from '../api/types'
import { setSearch, useFilters } from '../filters/useFilters'
import { Agent } from '../parts/Agent'
import { delta, deltas, type Delta, type Measure } from './deltas'
import { SessionPicker } from './SessionPicker'

/** Two sessions side by side: sums, tools, and their steps in line. */
export default function Compare(): ReactNode {
  const t = useT('observe')
  const { left = '', right = '' } = useFilters().search
  const query = useQuery({ ...comparisonQuery(left, right), enabled: left !== '' && right !== '' })
  return (
    <div className="observe-page">
      <div className="compare-pick">
        <SessionPicker label={t('before')} value={left} onChange={(next) => setSearch({ left: next || undefined })} />
        <IconButton label={t('swap')} icon={<ArrowLeftRight size={16} />} onClick={() => setSearch({ left: right || undefined, right: left || undefined })} />
        <SessionPicker label={t('after')} value={right} onChange={(next) => setSearch({ right: next || undefined })} />
      </div>
      {left === '' || right === '' ? <EmptyState icon={<GitCompare size={20} />} title={t('compareTitle')}><p>{t('compareText')}</p></EmptyState>
        : query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          : query.data ? <Compared comparison={query.data} /> : <div className="observe-wait"><Spinner label={t('loading')} /></div>}
    </div>
  )
}

function Compared({ comparison: { left, right, tools, spans } }: { comparison: Comparison }): ReactNode {
  const t = useT('observe')
  return (
    <>
      <div className="table-wrap" role="region" aria-label={t('sums')} tabIndex={0}>
        <table className="table">
          <Head label={t('sums')} />
          <tbody>{deltas(left, right).map(({ measure, ...values }) => <tr key={measure}><th scope="row" className="row-head">{t(measure)}</th><Cells values={values} format={formats[measure] ?? count} isGoodDown={measure !== 'agents' && measure !== 'events' && measure !== 'tools'} /></tr>)}</tbody>
        </table>
      </div>
      <div className="table-wrap" role="region" aria-label={t('toolsUsed')} tabIndex={0}>
        <table className="table">
          <Head label={t('toolsUsed')} />
          <tbody>{tools.map((tool) => <ToolRow key={tool.name} tool={tool} />)}</tbody>
        </table>
      </div>
      <Steps spans={spans} />
    </>
  )
}

const formats: Partial<Record<Measure, (value: number) => string>> = { lasted: duration, cost: (value) => money(String(value)) }

function Head({ label }: { label: string }): ReactNode {
  const t = useT('observe')
  return <thead><tr><th scope="col">{label}</th><th scope="col" className="end">{t('before')}</th><th scope="col" className="end">{t('after')}</th><th scope="col" className="end">{t('change')}</th></tr></thead>
}

function Cells({ values: { left, right, change }, format, isGoodDown }: { values: Delta; format: (value: number) => string; isGoodDown: boolean }): ReactNode {
  const t = useT('observe')
  const tone = !isGoodDown || change === 0 ? 'muted' : change !== null && change < 0 ? 'tone-ok' : 'tone-bad'
  const words = change === null ? t('new') : change === 0 ? '=' : new Intl.NumberFormat(language(), { style: 'percent', signDisplay: 'always', maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0 }).format(change)
  return <><td className="end nowrap">{format(left)}</td><td className="end nowrap">{format(right)}</td><td className={`end nowrap ${tone}`}>{words}</td></>
}

function ToolRow({ tool: { name, left, right } }: { tool: ComparedTool }): ReactNode {
  const calls = delta(left?.count ?? 0, right?.count ?? 0)
  const words = (side: ComparedTool['left']) => (side === null ? <span className="faint">—</span> : <>{count(side.count)} × {duration(side.count === 0 ? 0 : side.duration_ms / side.count)}{side.errors > 0 && <span className="tone-bad"> ({count(side.errors)})</span>}</>)
  const change = calls.right - calls.left
  return <tr><th scope="row" className="mono row-head">{name}</th><td className="end nowrap">{words(left)}</td><td className="end nowrap">{words(right)}</td><td className="end nowrap muted">{change === 0 ? '=' : `${change > 0 ? '+' : '−'}${count(Math.abs(change))}`}</td></tr>
}

const most_steps = 400

/** The steps of both in one order: what only one side did stands alone. */
function Steps({ spans }: { spans: readonly ComparedSpan[] }): ReactNode {
  const t = useT('observe')
  return (
    <section className="panel panel-flush" aria-label={t('steps')}>
      <h2 className="page-title">{t('steps')}</h2>
      <ol className="steps">
        {spans.slice(0, most_steps).map((pair, index) => (
          <li key={index} className={pair.left && pair.right ? '' : 'alone'}><Side span={pair.left} /><Side span={pair.right} /></li>
        ))}
      </ol>
      {spans.length > most_steps && <p className="tiny muted steps-more">{t('stepsMore', { n: spans.length - most_steps })}</p>}
    </section>
  )
}

function Side({ span }: { span: Span | null }): ReactNode {
  if (!span) return <span className="step step-none" aria-hidden="true" />
  return (
    <span className={`step step-${span.status}`}>
      <span className="row">{(span.agent as string | null) !== null && <Agent name={span.agent} />}<b className="mono cut">{span.name}</b><span className="tiny faint nowrap">{span.ended_ms === null ? '' : duration(span.ended_ms - span.started_ms)}</span></span>
      {span.summary !== null && span.summary !== span.name && <span className="tiny muted cut">{span.summary}</span>}
    </span>
  )
}

import type { ReactNode } from 'react'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Link } from '@/lib/router'
import type { Run } from '../api/types'
import { costOf } from '../parts/facts'
import { Status } from '../parts/Status'
import { Took } from '../parts/Took'
import { useTitle } from './useTitle'

/** Runs in lines: each leads to its run. */
export function RunRows({ runs }: { runs: readonly Run[] }): ReactNode {
  const t = useT('runs')
  const titleOf = useTitle()
  return (
    <div className="run-rows" role="table" aria-label={t('runs')}>
      <div className="run-row run-row-head" role="row">
        {(['status', 'what', 'agent', 'kind', 'started', 'took', 'cost'] as const).map((name) => <span key={name} role="columnheader" className={name === 'took' || name === 'cost' ? 'end' : undefined}>{t(name)}</span>)}
      </div>
      {runs.map((run) => (
        <div key={run.id} className="run-row" role="row">
          <span role="cell" className="run-status"><Status status={run.status} dead={run.dead} /></span>
          <span role="cell" className="run-title"><Link to={run.kind === 'plan' && run.plan_id !== null ? `/runs/plans/${run.plan_id}` : `/runs/${run.id}`} className="cut">{titleOf(run)}</Link></span>
          <span role="cell" className="run-agent"><AgentName name={run.agent} /></span>
          <span role="cell" className="run-kind muted">{t(`kind_${run.kind}`)}</span>
          <span role="cell" className="run-when muted nowrap" title={dateTime(run.created_at)}>{ago(run.started_at ?? run.created_at)}</span>
          <span role="cell" className="end"><Took from={run.started_at} to={run.ended_at} /></span>
          <span role="cell" className="end tabular muted run-cost">{costOf(run.usage?.cost_usd)}</span>
        </div>
      ))}
    </div>
  )
}

import type { ReactNode } from 'react'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { count, dateTime, number } from '@/lib/format'
import { Link } from '@/lib/router'
import type { Run } from '../api/types'
import { costOf } from '../parts/facts'
import { Took } from '../parts/Took'

/** Everything the server tells of a run in a few words. */
export function RunFacts({ run }: { run: Run }): ReactNode {
  const t = useT('runs')
  const { usage, routed } = run
  const facts: [string, ReactNode][] = [
    [t('agent'), <AgentName key="agent" name={run.agent} />],
    [t('kind'), t(`kind_${run.kind}`)],
    [t('started'), dateTime(run.started_at ?? run.created_at)],
    [t('took'), <Took key="took" from={run.started_at} to={run.ended_at} />],
    [t('cost'), costOf(usage?.cost_usd)],
    [t('tokens'), usage ? t('tokensInOut', { input: count(usage.input_tokens), output: count(usage.output_tokens) }) : '—'],
    ...(run.model !== null ? [[t('model'), <span key="model" className="mono">{run.model}</span>] as [string, ReactNode]] : []),
    ...(run.priority !== 0 ? [[t('priority'), String(run.priority)] as [string, ReactNode]] : []),
    ...(run.attempts > 1 ? [[t('attempts'), String(run.attempts)] as [string, ReactNode]] : []),
    ...(routed ? [[t('routed'), `${routed.intent} · ${number(routed.confidence, 2, 2)}`] as [string, ReactNode]] : []),
    ...(run.variant ? [[t('variant'), run.variant.name] as [string, ReactNode]] : []),
    ...(run.plan_id !== null ? [[t('plan'), <Link key="plan" to={`/runs/plans/${run.plan_id}`}>{run.task_key ?? t('openPlan')}</Link>] as [string, ReactNode]] : []),
    ...(run.parent_run_id !== null ? [[t('parent'), <Link key="parent" to={`/runs/${run.parent_run_id}`}>{t('openRun')}</Link>] as [string, ReactNode]] : []),
    ...(run.forked_from !== null ? [[t('forkedFrom'), <Link key="forked" to={`/runs/${run.forked_from}`}>{t('atStep', { n: run.forked_at ?? 0 })}</Link>] as [string, ReactNode]] : []),
    [t('chat'), <Link key="chat" to={`/chat/${run.chat_id}`}>{t('openChat')}</Link>],
  ]
  return <dl className="facts run-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}

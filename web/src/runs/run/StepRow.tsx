import { lazy, Suspense, useState, type ReactNode } from 'react'
import Brain from 'lucide-react/icons/brain'
import ChevronRight from 'lucide-react/icons/chevron-right'
import FileText from 'lucide-react/icons/file-text'
import GitFork from 'lucide-react/icons/git-fork'
import MessageSquarePlus from 'lucide-react/icons/message-square-plus'
import Sparkles from 'lucide-react/icons/sparkles'
import Wrench from 'lucide-react/icons/wrench'
import { useT } from '@/i18n'
import { count, dateTime } from '@/lib/format'
import { Link } from '@/lib/router'
import { Button } from '@/ui'
import type { Run, Step, StepKind } from '../api/types'
import { ArtifactLinks } from '../parts/ArtifactLinks'
import { costOf } from '../parts/facts'
import { lineOf } from '../parts/pretty'
import { Took } from '../parts/Took'
import { Value } from '../parts/Value'
import { barOf, type Span } from './span'

const StepLog = lazy(() => import('./StepLog'))
const marks: Record<StepKind, ReactNode> = { response: <Sparkles size={14} />, tool: <Wrench size={14} />, note: <MessageSquarePlus size={14} />, summary: <FileText size={14} />, context: <Brain size={14} /> }
const bad = ['failed', 'denied', 'cancelled']

interface Props { run: Run; step: Step; span: Span; now: number; isOpen: boolean; onToggle: () => void; onFork: () => void }

/** One step: a line with its place in time, and below it, when open, all that is known of it. */
export function StepRow({ run, step, span, now, isOpen, onToggle, onFork }: Props): ReactNode {
  const t = useT('runs')
  const bar = barOf(step, span, now)
  const isBad = bad.includes(step.status)
  return (
    <li className="step" data-kind={step.kind} data-open={isOpen || undefined}>
      <button type="button" className="step-head" aria-expanded={isOpen} onClick={onToggle}>
        <span className="step-n faint tabular">{step.ordinal}</span>
        <span className={`step-mark ${isBad ? 'tone-bad' : 'muted'}`} title={t(`step_${step.kind}`)} aria-hidden="true">{marks[step.kind] ?? marks.tool}</span>
        <span className="step-title cut"><Words step={step} /></span>
        <span className="step-time" aria-hidden="true">{bar && <i data-going={step.ended_at === null || undefined} data-bad={isBad || undefined} style={{ '--from': bar.left, '--wide': bar.width }} />}</span>
        <span className="step-took tiny muted"><Took from={step.started_at} to={step.ended_at} /></span>
        <span className="step-cost tiny muted tabular">{costOf(step.usage?.cost_usd)}</span>
        <ChevronRight size={14} className="tool-fold" aria-hidden />
      </button>
      {isOpen && <Opened run={run} step={step} onFork={onFork} />}
    </li>
  )
}

/** What a step is in one line: a tool and what it was called with, else what was said. */
export function Words({ step }: { step: Step }): ReactNode {
  const t = useT('runs')
  if (step.tool !== null) return <><span className="mono">{step.tool}</span> <span className="muted">{lineOf(step.input)}</span></>
  if (step.kind === 'note') return <span className="muted">{lineOf(step.output ?? step.input)}</span>
  return step.title || lineOf(step.output) || t(`step_${step.kind}`)
}

function Opened({ run, step, onFork }: { run: Run; step: Step; onFork: () => void }): ReactNode {
  const t = useT('runs')
  const [logs, setLogs] = useState(false)
  const facts = [
    t(`step_${step.kind}`), step.copied && t('copiedStep'), step.agent, step.model, step.started_at && dateTime(step.started_at),
    step.usage && `${t('tokensInOut', { input: count(step.usage.input_tokens), output: count(step.usage.output_tokens) })} · ${costOf(step.usage.cost_usd)}`,
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '')
  return (
    <div className="step-body">
      <p className="tiny muted">{facts.join(' · ')}</p>
      <Value label={t('input')} value={step.input} />
      <Value label={t('output')} value={step.output} />
      <ArtifactLinks artifacts={step.artifacts} />
      {logs && <Suspense><StepLog run={run} step={step} /></Suspense>}
      <div className="row">
        <Button size="s" icon={<GitFork size={13} />} onClick={onFork}>{t('forkHere')}</Button>
        {step.started_at !== null && <Button size="s" aria-expanded={logs} onClick={() => setLogs(!logs)}>{logs ? t('hideLog') : t('showLog')}</Button>}
        {step.child_run_id !== null && <Link to={`/runs/${step.child_run_id}`} className="btn btn-s">{t('openChild')}</Link>}
      </div>
    </div>
  )
}

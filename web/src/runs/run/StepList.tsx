import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Run, Step } from '../api/types'
import { spanOf } from './span'
import { StepRow } from './StepRow'

const ForkDialog = lazy(() => import('./ForkDialog'))

/** The steps of a run in order, each with its place in time; one opens to what went in and what came out. */
export function StepList({ run, steps }: { run: Run; steps: readonly Step[] }): ReactNode {
  const t = useT('runs')
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const [forked, setForked] = useState<number | null>(null)
  const now = Date.now()
  const span = spanOf(steps, now)
  const toggle = (ordinal: number) => setOpen((before) => { const next = new Set(before); if (!next.delete(ordinal)) next.add(ordinal); return next })
  const allOpen = open.size === steps.length
  return (
    <>
      <div className="row step-tools"><button type="button" className="link" onClick={() => setOpen(allOpen ? new Set() : new Set(steps.map(({ ordinal }) => ordinal)))}>{allOpen ? t('closeAll') : t('openAll')}</button></div>
      <ol className="steps" aria-label={t('steps')}>
        {steps.map((step) => <StepRow key={step.ordinal} run={run} step={step} span={span} now={now} isOpen={open.has(step.ordinal)} onToggle={() => toggle(step.ordinal)} onFork={() => setForked(step.ordinal)} />)}
      </ol>
      {forked !== null && <Suspense><ForkDialog runId={run.id} at={forked} onClose={() => setForked(null)} /></Suspense>}
    </>
  )
}

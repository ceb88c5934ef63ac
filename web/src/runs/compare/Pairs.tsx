import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Comparison, Step } from '../api/types'
import { Took } from '../parts/Took'
import { Value } from '../parts/Value'
import { Words } from '../run/StepRow'

type Pair = Comparison['steps'][number]

/** The steps of both, beside each other; from the first difference on they are their own ways. */
export function Pairs({ comparison: { steps, differs_at } }: { comparison: Comparison }): ReactNode {
  const t = useT('runs')
  return (
    <>
      <h2 className="sr-only">{t('steps')}</h2>
      <ol className="pairs-list" aria-label={t('steps')}>
        {steps.map((pair, index) => (
          <li key={index} className="pair" data-same={pair.same || undefined} data-first={index === differs_at || undefined}>
            {index === differs_at && <p className="pair-mark tiny">{t('differsHere')}</p>}
            <PairRow pair={pair} isOpenFirst={index === differs_at} />
          </li>
        ))}
        {differs_at === null && <li className="small muted pair-none">{t('differsNowhere')}</li>}
      </ol>
    </>
  )
}

function PairRow({ pair: { a, b }, isOpenFirst }: { pair: Pair; isOpenFirst: boolean }): ReactNode {
  const t = useT('runs')
  const [open, setOpen] = useState(isOpenFirst)
  const name = (a ?? b)?.tool ?? (a ?? b)?.title ?? ''
  return (
    <>
      <button type="button" className="pair-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Line step={a} /><Line step={b} /><span className="sr-only">{name}</span>
      </button>
      {open && <div className="pair-body"><Body step={a} label={t('firstRun')} /><Body step={b} label={t('secondRun')} /></div>}
    </>
  )
}

function Line({ step }: { step: Step | null }): ReactNode {
  const t = useT('runs')
  if (!step) return <span className="pair-line faint">{t('noStep')}</span>
  return (
    <span className="pair-line">
      <span className="faint tabular">{step.ordinal}</span>
      <span className="cut grow"><Words step={step} /></span>
      <span className="tiny muted"><Took from={step.started_at} to={step.ended_at} /></span>
    </span>
  )
}

function Body({ step, label }: { step: Step | null; label: string }): ReactNode {
  const t = useT('runs')
  return <div role="group" aria-label={label}>{step ? <><Value label={t('input')} value={step.input} /><Value label={t('output')} value={step.output} /></> : null}</div>
}

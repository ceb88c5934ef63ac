import type { CSSProperties, ReactNode } from 'react'
import { useT } from '@/i18n'
import { cost } from '../parts/cost'
import type { Budget } from '../api/types'
import { progressOf } from './progress'

type Limits = Pick<Budget, 'soft_usd' | 'hard_usd' | 'spent_usd'>

/** What is spent of a budget, with a mark where it begins to warn. */
export function BudgetBar({ budget, label }: { budget: Limits; label: string }): ReactNode {
  const t = useT('gateway')
  const { share, soft, tone } = progressOf(budget)
  const words = t('spentOf', { spent: cost(budget.spent_usd), limit: cost(budget.hard_usd ?? budget.soft_usd) })
  return (
    <div className="budget-bar" role="progressbar" aria-label={label} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100} aria-valuetext={words}>
      <span className={`budget-fill budget-${tone}`} style={{ '--share': share } as CSSProperties} />
      {soft !== null && <span className="budget-soft" style={{ '--at': soft } as CSSProperties} data-tip={t('softMark', { sum: cost(budget.soft_usd) })} />}
    </div>
  )
}

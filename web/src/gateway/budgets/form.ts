import type { Budget, BudgetBody, Period, Subject } from '../api/types'

export interface BudgetForm { subject: Subject; subject_id: string; period: Period; soft: string; hard: string; owner_id: string }
export type BudgetField = 'subject_id' | 'soft_usd' | 'hard_usd' | 'owner_id'
export type BudgetMistake = 'needed' | 'badMoney' | 'limitNeeded' | 'softBeyondHard'

export function formOf(budget: Budget | undefined): BudgetForm {
  if (!budget) return { subject: 'user', subject_id: '', period: 'month', soft: '', hard: '', owner_id: '' }
  const { subject, subject_id, period, soft_usd, hard_usd, owner_id } = budget
  return { subject, subject_id: subject_id ?? '', period, soft: plain(soft_usd), hard: plain(hard_usd), owner_id: owner_id ?? '' }
}

/** Without zeros that say nothing: the server writes all nine decimals. */
const plain = (usd: string | null): string => (usd === null ? '' : usd.includes('.') ? usd.replace(/\.?0+$/, '') : usd)

const SUM = /^\d{1,9}([.,]\d{1,9})?$/
const isSum = (text: string): boolean => SUM.test(text.trim())
const sum = (text: string): string | null => (text.trim() === '' ? null : text.trim().replace(',', '.'))

/** What to mend before saving; `isForOthers` when an admin sets it for a person. */
export function checkBudget(form: BudgetForm, isForOthers: boolean): Partial<Record<BudgetField, BudgetMistake>> {
  const found: Partial<Record<BudgetField, BudgetMistake | null>> = {
    subject_id: form.subject !== 'user' && form.subject_id.trim() === '' ? 'needed' : null,
    owner_id: isForOthers && form.owner_id === '' ? 'needed' : null,
    soft_usd: form.soft.trim() !== '' && !isSum(form.soft) ? 'badMoney' : null,
    hard_usd: checkHard(form),
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}

function checkHard({ soft, hard }: BudgetForm): BudgetMistake | null {
  if (hard.trim() === '') return soft.trim() === '' ? 'limitNeeded' : null
  if (!isSum(hard)) return 'badMoney'
  return isSum(soft) && Number(sum(soft)) > Number(sum(hard)) ? 'softBeyondHard' : null
}

export const limitsOf = (form: BudgetForm): Pick<BudgetBody, 'soft_usd' | 'hard_usd'> => ({ soft_usd: sum(form.soft), hard_usd: sum(form.hard) })

export function toBody(form: BudgetForm, isForOthers: boolean): BudgetBody {
  const { subject, subject_id, period, owner_id } = form
  return { subject, subject_id: subject === 'user' ? null : subject_id.trim(), period, ...limitsOf(form), ...(isForOthers && { owner_id }) }
}

import { describe, expect, it } from 'vitest'
import { checkBudget, formOf, limitsOf, toBody, type BudgetForm } from './form'
import { progressOf } from './progress'

describe('progressOf', () => {
  it.each([
    [{ soft_usd: '5', hard_usd: '10', spent_usd: '2.5' }, { share: 0.25, soft: 0.5, tone: 'ok' }],
    [{ soft_usd: '5', hard_usd: '10', spent_usd: '5' }, { share: 0.5, soft: 0.5, tone: 'warn' }],
    [{ soft_usd: '5', hard_usd: '10', spent_usd: '10.2' }, { share: 1, soft: 0.5, tone: 'bad' }],
    [{ soft_usd: null, hard_usd: '10', spent_usd: '9.99' }, { share: 0.999, soft: null, tone: 'ok' }],
    [{ soft_usd: '4', hard_usd: null, spent_usd: '8' }, { share: 1, soft: null, tone: 'warn' }],
    [{ soft_usd: null, hard_usd: '0', spent_usd: '0' }, { share: 1, soft: null, tone: 'bad' }],
    [{ soft_usd: '10', hard_usd: '10', spent_usd: '0' }, { share: 0, soft: null, tone: 'ok' }],
  ] as const)('of %j', (limits, progress) => expect(progressOf(limits)).toEqual(progress))
})

const form = (change: Partial<BudgetForm>): BudgetForm => ({ ...formOf(undefined), hard: '10', ...change })

describe('checkBudget', () => {
  it.each([
    [{}, {}], [{ hard: '', soft: '' }, { hard_usd: 'limitNeeded' }], [{ hard: '', soft: '3' }, {}], [{ hard: '-1' }, { hard_usd: 'badMoney' }],
    [{ soft: '11' }, { hard_usd: 'softBeyondHard' }], [{ soft: '2,50' }, {}], [{ soft: 'much' }, { soft_usd: 'badMoney' }],
    [{ subject: 'key' as const }, { subject_id: 'needed' }], [{ subject: 'agent' as const, subject_id: 'coder' }, {}],
  ])('of %j', (change, mistakes) => expect(checkBudget(form(change), false)).toEqual(mistakes))
  it('an admin says for whom', () => expect(checkBudget(form({}), true)).toEqual({ owner_id: 'needed' }))
})

it('a budget goes over the wire as decimal strings, without what does not count', () => {
  expect(toBody(form({ soft: '2,50', subject_id: 'left over' }), false)).toEqual({ subject: 'user', subject_id: null, period: 'month', soft_usd: '2.50', hard_usd: '10' })
  expect(limitsOf(form({ hard: ' ' }))).toEqual({ soft_usd: null, hard_usd: null })
})

it('an edited budget shows its sums without idle zeros', () => {
  const budget = { id: '1', subject: 'key' as const, subject_id: 'k', subject_name: 'ci', period: 'day' as const, soft_usd: '2.500000000', hard_usd: '10', spent_usd: '0', resets_at: '', set_by: 'self' as const }
  expect(formOf(budget)).toMatchObject({ soft: '2.5', hard: '10' })
  expect(formOf({ ...budget, soft_usd: '20.000000000' }).soft).toBe('20')
})

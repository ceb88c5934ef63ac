import { expect, it } from 'vitest'
import type { Rule } from '../api/rules'
import { checkRule, formOf, moved, toRule, type RuleForm } from './form'

const form = (change: Partial<RuleForm> = {}): RuleForm => ({ ...formOf(undefined), name: 'no-deploys', tool: 'Bash', ...change })

it.each([
  [{}, {}], [{ name: '' }, { name: 'needed' }], [{ name: 'No Deploys' }, { name: 'badRuleName' }], [{ name: 'old' }, { name: 'ruleTaken' }], [{ tool: ' ' }, { tool: 'needed' }], [{ app: '' }, { app: 'needed' }],
  [{ when: [{ arg: 'command', matches: '' }] }, { when: 'halfCondition' }], [{ when: [{ arg: '', matches: '' }] }, {}],
])('checks %j', (change, mistakes) => expect(checkRule(form(change), ['old'])).toEqual(mistakes))

it('empty conditions are left out', () => {
  expect(toRule(form({ when: [{ arg: '', matches: '' }, { arg: 'command', matches: '*deploy*' }], reason: ' for people ' }))).toMatchObject({ when: [{ arg: 'command', matches: '*deploy*' }], reason: 'for people' })
})

it('moves within the list', () => {
  const rules = ['a', 'b', 'c'].map((name) => ({ name }) as Rule)
  const names = (list: Rule[]) => list.map(({ name }) => name).join('')
  expect(names(moved(rules, 2, -1))).toBe('acb')
  expect(names(moved(rules, 0, -1))).toBe('abc')
  expect(names(moved(rules, 0, 9))).toBe('bca')
})

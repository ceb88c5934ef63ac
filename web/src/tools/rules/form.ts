import type { Grant } from '@/lib/types'
import type { Policy, PolicyBody, Rule } from '../api/rules'

export interface RuleForm { name: string; tool: string; app: string; when: { arg: string; matches: string }[]; verdict: Grant; reason: string }
export type RuleField = 'name' | 'tool' | 'app' | 'when'
export type RuleMistake = 'needed' | 'badRuleName' | 'ruleTaken' | 'halfCondition'

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

export const formOf = (rule: Rule | undefined): RuleForm => (rule ? { ...rule, when: rule.when.map((item) => ({ ...item })) } : { name: '', tool: '', app: '*', when: [], verdict: 'ask', reason: '' })

export function checkRule(form: RuleForm, taken: readonly string[]): Partial<Record<RuleField, RuleMistake>> {
  const found: Partial<Record<RuleField, RuleMistake | undefined>> = {
    name: form.name === '' ? 'needed' : !NAME.test(form.name) ? 'badRuleName' : taken.includes(form.name) ? 'ruleTaken' : undefined,
    tool: form.tool.trim() === '' ? 'needed' : undefined,
    app: form.app.trim() === '' ? 'needed' : undefined,
    when: form.when.some(({ arg, matches }) => (arg === '') !== (matches === '')) ? 'halfCondition' : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== undefined)) as Partial<Record<RuleField, RuleMistake>>
}

export const toRule = (form: RuleForm): Rule => ({ ...form, tool: form.tool.trim(), app: form.app.trim(), reason: form.reason.trim(), when: form.when.filter(({ arg }) => arg !== '') })

export const bodyOf = ({ rules, shell, files, unlisted }: Policy): PolicyBody => ({ rules, shell, files, unlisted })

/** The rule in its new place; the order decides, for the first that applies wins. */
export function moved(rules: readonly Rule[], from: number, by: number): Rule[] {
  const to = Math.max(0, Math.min(rules.length - 1, from + by))
  const rest = rules.filter((_, index) => index !== from)
  const item = rules[from]
  return item ? [...rest.slice(0, to), item, ...rest.slice(to)] : [...rules]
}

import type { Grant } from '@/lib/types'
import type { PolicyBody, ToolPolicy } from '../api/policies'
import { globFits, narrowness } from '../parts/glob'

export const limitFields = ['rps', 'concurrency', 'quota_per_day', 'cache_seconds', 'timeout_seconds'] as const
export type LimitField = (typeof limitFields)[number]
export type SubjectKind = 'everyone' | 'agent' | 'source'
export type PolicyForm = { kind: SubjectKind; name: string; tool: string; grant: Grant | null } & Record<LimitField, string>
export type PolicyField = 'name' | 'tool' | LimitField
export type PolicyMistake = 'needed' | 'badNumber' | 'badTimeout' | 'nothingSaid'

/** Whom a rule speaks of, taken apart: `agent:coder` is the agent coder. */
export function subjectOf(subject: string): { kind: SubjectKind; name: string } {
  const [kind = '', ...rest] = subject.split(':')
  return kind === 'agent' || kind === 'source' ? { kind, name: rest.join(':') } : { kind: 'everyone', name: '' }
}

export function formOf(policy: ToolPolicy | undefined, tool: string): PolicyForm {
  const limit = (field: LimitField) => (policy?.[field] === null || policy?.[field] === undefined ? '' : String(policy[field]))
  return {
    ...subjectOf(policy?.subject ?? '*'), tool: policy?.tool ?? tool, grant: policy ? policy.grant : 'ask',
    rps: limit('rps'), concurrency: limit('concurrency'), quota_per_day: limit('quota_per_day'), cache_seconds: limit('cache_seconds'), timeout_seconds: limit('timeout_seconds'),
  }
}

const WHOLE = /^\d{1,9}$/
const PARTS = /^\d{1,6}([.,]\d{1,3})?$/
const most_timeout_seconds = 300

export function checkPolicy(form: PolicyForm): Partial<Record<PolicyField, PolicyMistake>> {
  const found: Partial<Record<PolicyField, PolicyMistake>> = {}
  if (form.kind !== 'everyone' && form.name.trim() === '') found.name = 'needed'
  if (form.tool.trim() === '') found.tool = 'needed'
  for (const field of limitFields) {
    const text = form[field].trim()
    if (text !== '' && !(field === 'rps' ? PARTS : WHOLE).test(text)) found[field] = 'badNumber'
  }
  const seconds = Number(form.timeout_seconds)
  if (!found.timeout_seconds && form.timeout_seconds.trim() !== '' && (seconds < 1 || seconds > most_timeout_seconds)) found.timeout_seconds = 'badTimeout'
  if (form.grant === null && limitFields.every((field) => form[field].trim() === '')) found.tool ??= 'nothingSaid'
  return found
}

export function toBody(form: PolicyForm): PolicyBody {
  const limit = (field: LimitField) => (form[field].trim() === '' ? null : Number(form[field].replace(',', '.')))
  return {
    subject: form.kind === 'everyone' ? '*' : `${form.kind}:${form.name.trim()}`, tool: form.tool.trim(), grant: form.grant,
    rps: limit('rps'), concurrency: limit('concurrency'), quota_per_day: limit('quota_per_day'), cache_seconds: limit('cache_seconds'), timeout_seconds: limit('timeout_seconds'),
  }
}

/** The rules that speak of a tool, the narrowest first. */
export function speakingOf(rules: readonly ToolPolicy[], tool: string): ToolPolicy[] {
  return rules.filter((rule) => globFits(rule.tool, tool)).sort((a, b) => narrowness(b.tool) - narrowness(a.tool))
}

/** One's own rule for exactly this tool and everybody, which the switch of a tool's page keeps. */
export const ownRuleFor = (rules: readonly ToolPolicy[], tool: string): ToolPolicy | undefined =>
  rules.find((rule) => rule.set_by === 'self' && rule.subject === '*' && rule.tool === tool)

import type { Rule } from './data'
import type { Kind } from './kinds'

/** The rule as the form holds it: what is typed, in the units people think in. */
export interface Draft {
  name: string
  kind: Kind
  threshold: string
  windowMinutes: string
  forMinutes: string
  cooldownMinutes: string
  minEvents: string
  source: string
  agent: string
  types: string
  text: string
  webhookUrl: string
  email: string
}

export type FieldName = keyof Draft

/** What of the draft a kind asks for, beyond name and where to send. */
export const FIELDS: Record<Kind, readonly FieldName[]> = {
  error_rate: ['threshold', 'windowMinutes', 'minEvents', 'source', 'agent', 'types'],
  event_match: ['threshold', 'windowMinutes', 'types', 'source', 'agent', 'text'],
  stuck_agent: ['threshold', 'source'],
  budget_burn: ['threshold', 'windowMinutes', 'source', 'agent'],
  slow_query: ['threshold', 'windowMinutes'],
  queue_overflow: ['threshold', 'windowMinutes'],
}

/** Thresholds to begin with: percent, events, minutes, dollars, milliseconds, events. */
const FIRST: Record<Kind, string> = {
  error_rate: '5',
  event_match: '1',
  stuck_agent: '10',
  budget_burn: '5',
  slow_query: '1000',
  queue_overflow: '1',
}

export function newDraft(kind: Kind = 'error_rate'): Draft {
  return {
    name: '', kind, threshold: FIRST[kind], windowMinutes: '5', forMinutes: '0', cooldownMinutes: '10', minEvents: '20',
    source: '', agent: '', types: '', text: '', webhookUrl: '', email: '',
  }
}

/** Another kind keeps what is not about the kind. */
export function withKind(draft: Draft, kind: Kind): Draft {
  return { ...draft, kind, threshold: FIRST[kind] }
}

const minutes = (seconds: number): string => String(seconds / 60)

export function draftOf(rule: Rule): Draft {
  return {
    name: rule.name,
    kind: rule.kind,
    threshold: String(rule.threshold),
    windowMinutes: minutes(rule.window_seconds),
    forMinutes: minutes(rule.for_seconds),
    cooldownMinutes: minutes(rule.cooldown_seconds),
    minEvents: String(rule.min_events),
    source: rule.source ?? '',
    agent: rule.agent ?? '',
    types: rule.types.join(', '),
    text: rule.text ?? '',
    webhookUrl: rule.webhook_url ?? '',
    email: rule.email ?? '',
  }
}

/** A number as people type it, also with a comma; NaN when it is none. */
export function number(text: string): number {
  const plain = text.trim().replace(',', '.')
  return plain === '' ? Number.NaN : Number(plain)
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')
const orNull = (text: string): string | null => text.trim() || null

export function ruleOf(draft: Draft, enabled: boolean): Rule {
  const asked = new Set(FIELDS[draft.kind])
  const given = (field: 'source' | 'agent' | 'text'): string | null => (asked.has(field) ? orNull(draft[field]) : null)
  const seconds = (text: string): number => Math.round(number(text) * 60)
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    enabled,
    threshold: number(draft.threshold),
    window_seconds: asked.has('windowMinutes') ? seconds(draft.windowMinutes) : 300,
    for_seconds: seconds(draft.forMinutes),
    cooldown_seconds: seconds(draft.cooldownMinutes),
    min_events: asked.has('minEvents') ? number(draft.minEvents) : 1,
    source: given('source'),
    agent: given('agent'),
    types: asked.has('types') ? words(draft.types) : [],
    text: given('text'),
    webhook_url: orNull(draft.webhookUrl),
    email: orNull(draft.email),
  }
}

export type Fault = 'needed' | 'badNumber' | 'badAddress' | 'badWindow' | 'badTypes'

const longest_window_minutes = 7 * 24 * 60

/** What stands in the way of saving, by field. */
export function faults(draft: Draft): Partial<Record<FieldName, Fault>> {
  const found: Partial<Record<FieldName, Fault>> = {}
  const asked = FIELDS[draft.kind]
  if (draft.name.trim() === '') found.name = 'needed'
  const threshold = number(draft.threshold)
  if (!(threshold > 0) || (draft.kind === 'error_rate' && threshold > 100)) found.threshold = 'badNumber'
  const window = number(draft.windowMinutes)
  if (asked.includes('windowMinutes') && !(window >= 1 && window <= longest_window_minutes)) found.windowMinutes = 'badWindow'
  for (const field of ['forMinutes', 'cooldownMinutes'] as const) {
    const value = number(draft[field])
    if (!(value >= 0 && value <= 1440)) found[field] = 'badNumber'
  }
  if (asked.includes('minEvents') && !(Number.isInteger(number(draft.minEvents)) && number(draft.minEvents) >= 1)) found.minEvents = 'badNumber'
  if (words(draft.types).some((type) => !/^[A-Za-z][\w.-]*\*?$/.test(type))) found.types = 'badTypes'
  if (draft.webhookUrl.trim() !== '' && !/^https?:\/\/[^\s/]+/.test(draft.webhookUrl.trim())) found.webhookUrl = 'badAddress'
  return found
}

/** Which field of the form the server meant. */
export const SERVER_FIELDS: Record<string, FieldName> = {
  name: 'name', threshold: 'threshold', window_seconds: 'windowMinutes', for_seconds: 'forMinutes', cooldown_seconds: 'cooldownMinutes',
  min_events: 'minEvents', source: 'source', agent: 'agent', types: 'types', text: 'text', webhook_url: 'webhookUrl', email: 'email',
}

import type { Agent, Grant, MemoryScope, ToolInfo } from '@/lib/types'

/** An agent as its editor holds it: numbers as the person typed them. */
export interface AgentForm {
  name: string
  role: string
  instructions: string
  /** Empty takes the default model. */
  model: string
  temperature: string
  answer_tokens: string
  tools: Record<string, Grant>
  max_steps: string
  max_tokens: string
  max_seconds: string
  /** Empty sets no limit. */
  max_cost_usd: string
  /** A JSON schema as text; empty for answers in text. */
  output_schema: string
  hue: number
  enabled: boolean
  /** Names of prompt fragments before the instructions, in their order. */
  fragments: string[]
  /** What it may recall and keep. */
  memory: MemoryScope
}
export type AgentField = keyof AgentForm
/** What goes over the wire when an agent is made or changed. */
export type AgentBody = Pick<
  Agent,
  'name' | 'role' | 'instructions' | 'model' | 'model_settings' | 'tools' | 'limits' | 'output_schema' | 'hue' | 'status' | 'fragments' | 'memory'
>

/** Where the server names each field in a problem's errors. */
export const WIRE_NAME: Record<AgentField, string> = {
  name: 'name',
  role: 'role',
  instructions: 'instructions',
  model: 'model',
  temperature: 'model_settings.temperature',
  answer_tokens: 'model_settings.max_tokens',
  tools: 'tools',
  max_steps: 'limits.max_steps',
  max_tokens: 'limits.max_tokens',
  max_seconds: 'limits.max_seconds',
  max_cost_usd: 'limits.max_cost_usd',
  output_schema: 'output_schema',
  hue: 'hue',
  enabled: 'status',
  fragments: 'fragments',
  memory: 'memory',
}

export const FIELDS = Object.keys(WIRE_NAME) as AgentField[]

export function emptyForm(hue: number): AgentForm {
  return {
    name: '',
    role: '',
    instructions: '',
    model: '',
    temperature: '',
    answer_tokens: '',
    tools: {},
    max_steps: '30',
    max_tokens: '1000000',
    max_seconds: '1800',
    max_cost_usd: '',
    output_schema: '',
    hue,
    enabled: true,
    fragments: [],
    memory: 'all',
  }
}

export function toForm(agent: Agent): AgentForm {
  const { model_settings: settings, limits } = agent
  return {
    name: agent.name,
    role: agent.role,
    instructions: agent.instructions,
    model: agent.model ?? '',
    temperature: settings.temperature?.toString() ?? '',
    answer_tokens: settings.max_tokens?.toString() ?? '',
    tools: { ...agent.tools },
    max_steps: String(limits.max_steps),
    max_tokens: String(limits.max_tokens),
    max_seconds: String(limits.max_seconds),
    max_cost_usd: limits.max_cost_usd ?? '',
    output_schema: agent.output_schema ? JSON.stringify(agent.output_schema, null, 2) : '',
    hue: agent.hue,
    enabled: agent.status === 'active',
    fragments: [...(agent.fragments ?? [])],
    memory: agent.memory ?? 'all',
  }
}

export function toBody(form: AgentForm): AgentBody {
  return {
    name: form.name.trim(),
    role: form.role.trim(),
    instructions: form.instructions,
    model: form.model || null,
    model_settings: { ...optional('temperature', form.temperature), ...optional('max_tokens', form.answer_tokens) },
    tools: form.tools,
    limits: {
      max_steps: Number(form.max_steps),
      max_tokens: Number(form.max_tokens),
      max_seconds: Number(form.max_seconds),
      max_cost_usd: form.max_cost_usd.trim() || null,
    },
    output_schema: schemaOf(form.output_schema),
    hue: form.hue,
    status: form.enabled ? 'active' : 'disabled',
    fragments: form.fragments,
    memory: form.memory,
  }
}

/** The schema that was typed; null for none and for what is no JSON object (which is not sent: see `checkSchema`). */
function schemaOf(typed: string): Agent['output_schema'] {
  try {
    const value: unknown = JSON.parse(typed)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function optional<Name extends string>(name: Name, typed: string): Partial<Record<Name, number>> {
  return typed.trim() === '' ? {} : ({ [name]: Number(typed) } as Record<Name, number>)
}

/** Fields that differ between two states of the form. */
export function changedFields(before: AgentForm, after: AgentForm): AgentField[] {
  return FIELDS.filter((field) => !sameValue(before[field], after[field]))
}

function sameValue(one: AgentForm[AgentField], other: AgentForm[AgentField]): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other
  if (Array.isArray(one) || Array.isArray(other)) return String(one) === String(other)
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => one[name] === other[name])
}

/** The parts of the body that hold a changed field: what a PATCH sends. */
export function toPatch(before: AgentForm, after: AgentForm): Partial<AgentBody> {
  const body = toBody(after)
  const touched = new Set(changedFields(before, after).map((field) => WIRE_NAME[field].split('.')[0]))
  return Object.fromEntries(Object.entries(body).filter(([name]) => touched.has(name)))
}

/** Another person's changes with one's own laid over them. */
export function mergeForms(base: AgentForm, mine: AgentForm, theirs: AgentForm): AgentForm {
  const kept = Object.fromEntries(changedFields(base, mine).map((field) => [field, mine[field]])) as Partial<AgentForm>
  return { ...theirs, ...kept }
}

export type Mistake = 'needed' | 'badName' | 'nameTaken' | 'badNumber' | 'tooSmall' | 'tooLarge' | 'badMoney' | 'badJson' | 'badSchema' | 'tooLong'

const NAME = /^[a-z][a-z0-9_-]{1,31}$/
const MONEY = /^\d{1,7}(\.\d{1,6})?$/
const MAX_ROLE_CHARS = 200
const MAX_INSTRUCTIONS_CHARS = 50_000
const MAX_SCHEMA_CHARS = 32_768

/** What the person should mend before saving, by field; `taken` are the names of the other agents. */
export function checkAgent(form: AgentForm, taken: readonly string[] = []): Partial<Record<AgentField, Mistake>> {
  const found: Partial<Record<AgentField, Mistake | null>> = {
    name: checkName(form.name.trim(), taken),
    role: form.role.length > MAX_ROLE_CHARS ? 'tooLong' : null,
    instructions: form.instructions.length > MAX_INSTRUCTIONS_CHARS ? 'tooLong' : null,
    temperature: checkNumber(form.temperature, 0, 2, { optional: true, whole: false }),
    answer_tokens: checkNumber(form.answer_tokens, 1, 1_000_000, { optional: true, whole: true }),
    max_steps: checkNumber(form.max_steps, 1, 500, { optional: false, whole: true }),
    max_tokens: checkNumber(form.max_tokens, 1000, 100_000_000, { optional: false, whole: true }),
    max_seconds: checkNumber(form.max_seconds, 1, 86_400, { optional: false, whole: true }),
    max_cost_usd: form.max_cost_usd.trim() === '' || MONEY.test(form.max_cost_usd.trim()) ? null : 'badMoney',
    output_schema: checkSchema(form.output_schema),
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}

function checkSchema(typed: string): Mistake | null {
  if (typed.trim() === '') return null
  try {
    JSON.parse(typed)
  } catch {
    return 'badJson'
  }
  const schema = schemaOf(typed)
  if (schema?.type !== 'object') return 'badSchema'
  return JSON.stringify(schema).length > MAX_SCHEMA_CHARS ? 'tooLong' : null
}

function checkName(name: string, taken: readonly string[]): Mistake | null {
  if (name === '') return 'needed'
  if (!NAME.test(name)) return 'badName'
  return taken.includes(name) ? 'nameTaken' : null
}

function checkNumber(typed: string, least: number, most: number, rule: { optional: boolean; whole: boolean }): Mistake | null {
  const text = typed.trim()
  if (text === '') return rule.optional ? null : 'needed'
  const value = Number(text)
  if (!Number.isFinite(value) || (rule.whole && !Number.isInteger(value))) return 'badNumber'
  if (value < least) return 'tooSmall'
  return value > most ? 'tooLarge' : null
}

/** What a tool may do for this agent: its own grant, else the tool's default. */
export function grantOf(form: Pick<AgentForm, 'tools'>, tool: Pick<ToolInfo, 'name' | 'default_grant'>): Grant {
  return form.tools[tool.name] ?? tool.default_grant
}

/** A name for a copy that nobody else has: `coder` becomes `coder-2`, `coder-2` becomes `coder-3`. */
export function copyName(name: string, taken: readonly string[]): string {
  const stem = name.replace(/-\d+$/, '').slice(0, 28)
  for (let number = 2; ; number++) {
    const candidate = `${stem}-${number}`
    if (!taken.includes(candidate)) return candidate
  }
}

/** The hue farthest from all that are taken. */
export function freeHue(taken: readonly number[]): number {
  if (taken.length === 0) return 205
  const sorted = [...new Set(taken)].sort((a, b) => a - b)
  let best = { start: sorted[0] ?? 0, gap: 0 }
  sorted.forEach((start, index) => {
    const next = sorted[index + 1] ?? (sorted[0] ?? 0) + 360
    if (next - start > best.gap) best = { start, gap: next - start }
  })
  return Math.round(best.start + best.gap / 2) % 360
}

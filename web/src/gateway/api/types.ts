/** What the gateway's control doors say. Sums are decimal strings of US dollars, times RFC 3339. */

export type Dialect = 'chat' | 'responses' | 'messages'

/** A kind of service that can be connected. */
export interface ProviderKind { type: string; title: string; base_url: string | null; needs_base_url: boolean; needs_key: boolean; dialects: Dialect[] }

export type Billing = 'own' | 'pooled' | 'free'
/** US dollars for a million tokens. */
export interface Price { input: string; output: string; cached_input?: string | null; cache_write?: string | null }

export interface Provider {
  id: string
  name: string
  type: string
  base_url: string
  has_key: boolean
  models: string[]
  is_default: boolean
  /** Its share among equals where an alias weighs providers, 1 to 1000. */
  weight: number
  billing: Billing
  prices: Record<string, Price>
  is_shared: boolean
  /** False for one that somebody else shares with everyone. */
  is_own?: boolean
  status: 'unknown' | 'ok' | 'failing'
  last_error: string | null
  created_at: string
}
export interface ProviderTest { ok: boolean; latency_ms: number; models: string[]; error: string | null }

export type Strategy = 'priority' | 'weighted' | 'latency' | 'cost' | 'ab'
export const strategies: readonly Strategy[] = ['priority', 'weighted', 'latency', 'cost', 'ab']

export interface Candidate { provider_id: string; provider?: string | null; model: string; weight: number }
export interface Alias { id: string; name: string; strategy: Strategy; candidates: Candidate[]; is_shared: boolean; is_own?: boolean; version: number }
export type AliasBody = Pick<Alias, 'name' | 'strategy' | 'is_shared'> & { candidates: Candidate[] }

export type BreakerState = 'closed' | 'open' | 'half_open'
export interface CandidateHealth {
  provider_id: string
  provider: string
  model: string
  state: BreakerState
  failures: number
  last_error: string | null
  last_error_at: string | null
  latency_ms_p50: number | null
  first_token_ms_p50: number | null
  calls: number
  opened_until: string | null
}

export interface ModelTest {
  ok: boolean
  provider: string | null
  model: string | null
  latency_ms: number | null
  first_token_ms: number | null
  text: string | null
  cost_usd: string | null
  error: string | null
}

export type Subject = 'user' | 'key' | 'agent' | 'workspace'
export const subjects: readonly Subject[] = ['user', 'key', 'agent', 'workspace']
export type Period = 'day' | 'month'

export interface Budget {
  id: string
  subject: Subject
  subject_id: string | null
  subject_name: string | null
  period: Period
  soft_usd: string | null
  hard_usd: string | null
  spent_usd: string
  resets_at: string
  set_by: 'self' | 'admin'
  /** Told to admins only. */
  owner_id?: string | null
  owner_name?: string | null
}
export interface BudgetBody { subject: Subject; subject_id: string | null; period: Period; soft_usd: string | null; hard_usd: string | null; owner_id?: string }

export interface GatewayKey {
  id: string
  name: string
  prefix: string
  /** Names of models it may ask for; null for all. */
  models: string[] | null
  requests_per_minute: number
  tokens_per_minute: number | null
  expires_at: string | null
  last_used_at: string | null
  created_at: string
  spent_usd_day: string
  spent_usd_month: string
  budget: Budget | null
}
export interface NewGatewayKey extends GatewayKey { key: string }

export type UsageGroup = 'day' | 'model' | 'provider' | 'agent' | 'key' | 'door' | 'session' | 'user'

export interface UsageSum {
  calls: number
  errors: number
  input_tokens: number
  output_tokens: number
  cached_tokens: number
  reasoning_tokens: number
  cost_usd: string
  saved_usd: string
  cache_hits: number
  latency_ms_p50: number | null
  first_token_ms_p50: number | null
}
export interface UsageRow extends UsageSum { key: string | null; label: string | null }
export interface UsagePoint { at: string | number; key: string | null; cost_usd: string; calls: number }
export interface Usage { items: UsageRow[]; total: UsageSum; series: UsagePoint[] }

export type CallStatus = 'ok' | 'failed' | 'cut' | 'cancelled'
export type CacheUse = 'hit' | 'miss' | 'bypass'

/** One call through the gateway, from the log. */
export interface Call {
  id: string
  at: string | number
  session_id: string | null
  agent: string | null
  source: string | null
  door: string | null
  alias: string | null
  provider: string | null
  model: string | null
  key_id: string | null
  workspace: string | null
  input_tokens: number
  output_tokens: number
  cached_tokens: number
  cache_write_tokens: number
  reasoning_tokens: number
  cost_usd: string | null
  saved_usd: string | null
  latency_ms: number | null
  first_token_ms: number | null
  status: CallStatus
  error: string | null
  cache: CacheUse | null
  attempts: number | null
  estimated: boolean
}

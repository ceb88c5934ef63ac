import { api } from '@/lib/api'
import type { Page, Person } from '@/lib/types'
import type {
  Alias, AliasBody, Budget, BudgetBody, Call, CallStatus, CandidateHealth, GatewayKey, ModelTest, NewGatewayKey, Usage, UsageGroup,
} from './types'

const most = 200
const at = (door: string, id: string): string => `${door}/${encodeURIComponent(id)}`

const ALIASES = '/api/v1/aliases'
export const aliases = {
  list: (signal: AbortSignal): Promise<Page<Alias>> => api.get(ALIASES, { limit: most }, { signal }),
  create: (body: AliasBody): Promise<Alias> => api.post(ALIASES, body),
  tag: async (id: string, signal: AbortSignal): Promise<string | null> => (await api.raw(at(ALIASES, id), {}, { signal })).headers.get('etag'),
  /** Refused with 412 when somebody saved it since `etag`. */
  change: (id: string, body: Partial<AliasBody>, etag: string | null): Promise<Alias> => api.patch(at(ALIASES, id), body, etag === null ? {} : { headers: { 'if-match': etag } }),
  remove: (id: string): Promise<undefined> => api.delete(at(ALIASES, id)),
}

export const models = {
  health: (signal: AbortSignal): Promise<{ items: CandidateHealth[] }> => api.get('/api/v1/models/health', undefined, { signal }),
  test: (model: string): Promise<ModelTest> => api.post('/api/v1/models/test', { model }),
}

export interface KeyBody { name: string; models: string[] | null; requests_per_minute: number; tokens_per_minute: number | null }
export interface NewKeyBody extends KeyBody { expires_in_days?: number; budget?: Pick<BudgetBody, 'period' | 'soft_usd' | 'hard_usd'> }

const KEYS = '/my/gateway-keys'
export const gatewayKeys = {
  list: (signal: AbortSignal): Promise<Page<GatewayKey>> => api.get(KEYS, { limit: most }, { signal }),
  create: (body: NewKeyBody): Promise<NewGatewayKey> => api.post(KEYS, body),
  change: (id: string, body: Partial<KeyBody>): Promise<GatewayKey> => api.patch(at(KEYS, id), body),
  revoke: (id: string): Promise<undefined> => api.delete(at(KEYS, id)),
}

/** Whose budgets: one's own, or everybody's for an admin. */
export type Reach = 'mine' | 'everyone'
const budgetDoor = (reach: Reach): string => (reach === 'mine' ? '/my/budgets' : '/api/v1/admin/budgets')
export const budgets = {
  list: (reach: Reach, signal: AbortSignal): Promise<Page<Budget>> => api.get(budgetDoor(reach), { limit: most }, { signal }),
  create: (reach: Reach, body: BudgetBody): Promise<Budget> => api.post(budgetDoor(reach), body),
  change: (reach: Reach, id: string, body: Pick<BudgetBody, 'soft_usd' | 'hard_usd'>): Promise<Budget> => api.patch(at(budgetDoor(reach), id), body),
  remove: (reach: Reach, id: string): Promise<undefined> => api.delete(at(budgetDoor(reach), id)),
}

export const people = (signal: AbortSignal): Promise<Page<Person>> => api.get('/api/v1/admin/users', { limit: most }, { signal })

export interface UsageAsk { from: number; to: number; by: UsageGroup; bucket: 'hour' | 'day' }
const usageDoor = (reach: Reach): string => (reach === 'mine' ? '/my/usage' : '/api/v1/admin/usage')
export const fetchUsage = (reach: Reach, { from, to, by, bucket }: UsageAsk, signal: AbortSignal): Promise<Usage> =>
  api.get(usageDoor(reach), { from, to, by, bucket }, { signal })

export interface CallsAsk { from: number; to: number; model: string; key_id: string; status: CallStatus | ''; cursor: string | null }
const page_calls = 50
export function fetchCalls({ model, key_id, status, ...rest }: CallsAsk, signal: AbortSignal): Promise<Page<Call>> {
  return api.get('/my/usage/calls', { ...rest, limit: page_calls, model: model || null, key_id: key_id || null, status: status || null }, { signal })
}

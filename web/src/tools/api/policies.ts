import { api } from '@/lib/api'
import type { Grant, Page } from '@/lib/types'

/** A rule over tools: what they are granted and how much they may be used. What is null is left to other rules. */
export interface ToolPolicy {
  id: string
  /** "*", "agent:NAME" or "source:NAME". */
  subject: string
  /** A name, or a pattern such as `github.*`. */
  tool: string
  grant: Grant | null
  rps: number | null
  concurrency: number | null
  quota_per_day: number | null
  cache_seconds: number | null
  timeout_seconds: number | null
  set_by: 'self' | 'admin'
  created_at?: string
}
export type PolicyBody = Omit<ToolPolicy, 'id' | 'set_by' | 'created_at'>

/** Whose rules: one's own, or those that administrators set for everyone. */
export type Reach = 'mine' | 'everyone'

const most = 200
const door = (reach: Reach): string => (reach === 'mine' ? '/my/tool-policies' : '/api/v1/admin/tool-policies')
const at = (reach: Reach, id: string): string => `${door(reach)}/${encodeURIComponent(id)}`

export const policies = {
  list: (reach: Reach, signal: AbortSignal): Promise<Page<ToolPolicy>> => api.get(door(reach), { limit: most }, { signal }),
  create: (reach: Reach, body: PolicyBody): Promise<ToolPolicy> => api.post(door(reach), body),
  change: (reach: Reach, id: string, body: Partial<PolicyBody>): Promise<ToolPolicy> => api.patch(at(reach, id), body),
  remove: (reach: Reach, id: string): Promise<undefined> => api.delete(at(reach, id)),
}

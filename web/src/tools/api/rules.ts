import { api } from '@/lib/api'
import type { Grant } from '@/lib/types'

/** One's own rule over arguments; the first that applies decides. */
export interface Rule { name: string; tool: string; app: string; when: { arg: string; matches: string }[]; verdict: Grant; reason: string }
export interface PolicyBody { rules: Rule[]; shell: boolean; files: boolean; unlisted: 'pass' | 'ask' }
export interface Policy extends PolicyBody { version: number; updated_at: string | null }
/** What the policy says of a call; no verdict where it has no opinion. */
export interface Ruling { verdict: Grant | null; rule: string; reason: string; is_own: boolean }

const POLICY = '/my/policy'
export interface TaggedPolicy { policy: Policy; etag: string | null }
const tagged = async (answer: Response): Promise<TaggedPolicy> => ({ policy: (await answer.json()) as Policy, etag: answer.headers.get('etag') })

export const policy = {
  read: async (signal: AbortSignal): Promise<TaggedPolicy> => tagged(await api.raw(POLICY, {}, { signal })),
  /** Refused with 412 when it was changed since `etag`. */
  write: async (body: PolicyBody, etag: string | null): Promise<TaggedPolicy> =>
    tagged(await api.raw(POLICY, { method: 'PUT', body: JSON.stringify(body) }, etag ? { headers: { 'if-match': etag } } : {})),
  check: (call: { tool: string; args: Record<string, unknown>; app?: string; cwd?: string }): Promise<Ruling> => api.post(`${POLICY}/check`, call),
}

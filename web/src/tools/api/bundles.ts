import { api } from '@/lib/api'
import type { Page } from '@/lib/types'

export type SearchMode = 'auto' | 'on' | 'off'
export const searchModes: readonly SearchMode[] = ['auto', 'on', 'off']

export interface BundleBody { name: string; title: string; tools: string[]; resources: string[]; prompts: string[]; agent: string | null; search: SearchMode; is_shared: boolean }
/** A server of one's own making: some tools of many servers under one address. */
export interface Bundle extends BundleBody { id: string; is_own: boolean; version: number; url: string }
export interface BundleToken { id: string; name: string; prefix: string; tools: string[] | null; expires_at: string | null; last_used_at: string | null; created_at: string }
export interface NewBundleToken extends BundleToken { token: string }
export interface Connect { url: string; claude: string; codex: string; cursor: string; json: string }

const BUNDLES = '/my/mcp-bundles'
const at = (id: string): string => `${BUNDLES}/${encodeURIComponent(id)}`

export const bundles = {
  list: (signal: AbortSignal): Promise<Page<Bundle>> => api.get(BUNDLES, undefined, { signal }),
  create: (body: BundleBody): Promise<Bundle> => api.post(BUNDLES, body),
  change: (id: string, body: Partial<BundleBody>): Promise<Bundle> => api.patch(at(id), body),
  remove: (id: string): Promise<undefined> => api.delete(at(id)),
  tokens: (id: string, signal: AbortSignal): Promise<Page<BundleToken>> => api.get(`${at(id)}/tokens`, undefined, { signal }),
  makeToken: (id: string, body: { name: string; tools?: string[]; expires_at?: string }): Promise<NewBundleToken> => api.post(`${at(id)}/tokens`, body),
  revokeToken: (id: string, token: string): Promise<undefined> => api.delete(`${at(id)}/tokens/${encodeURIComponent(token)}`),
  connect: (bundle: string | null, signal: AbortSignal): Promise<Connect> => api.get('/my/mcp/connect', { bundle }, { signal }),
}

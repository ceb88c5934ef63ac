import { api } from '@/lib/api'
import type { Page } from '@/lib/types'
import type { BreakerState } from './tools'

export type AuthKind = 'none' | 'bearer' | 'header' | 'basic'
export const authKinds: readonly AuthKind[] = ['none', 'bearer', 'header', 'basic']
/** How the service knows us; without a secret the present one stays. */
export interface Auth { kind: AuthKind; header?: string; secret?: string }

export interface ServiceBody {
  name: string
  title: string
  base_url: string
  openapi?: Record<string, unknown> | string | null
  auth: Auth
  is_shared: boolean
  timeout_seconds: number
  retries: number
  rps: number | null
  quota_per_day: number | null
  /** Lines such as `GET /pets*`; none lets everything through. */
  allow: string[]
}
export interface Service extends Omit<ServiceBody, 'openapi' | 'base_url' | 'auth'> {
  id: string
  /** Null where it is not one's own to know. */
  base_url: string | null
  openapi_url: string | null
  auth: { kind: AuthKind; header: string | null; has_secret: boolean }
  is_own: boolean
  /** An API of this server itself. */
  is_inside: boolean
  operations: number
  /** Operations that could not be taken, and why. */
  skipped: string[]
  state: BreakerState
  last_error: string | null
  version: number
  refreshed_at: string | null
}
/** What a service can do; `tool` is its name as a tool. */
export interface Operation { id: string; tool: string; method: string; path: string; title: string }
/** One's own calls of a service, by the hour. */
export interface Analytics { calls: number; errors: number; latency: { p50: number | null; p95: number | null; p99: number | null }; series: { at: string | number; calls: number; errors: number }[] }

const SERVICES = '/api/v1/services'
const at = (id: string): string => `${SERVICES}/${encodeURIComponent(id)}`

export const services = {
  list: (signal: AbortSignal): Promise<Page<Service>> => api.get(SERVICES, undefined, { signal }),
  /** The tag under which the present state of a service is known. */
  tag: async (id: string, signal: AbortSignal): Promise<string | null> => (await api.raw(at(id), {}, { signal })).headers.get('etag'),
  create: (body: ServiceBody): Promise<Service> => api.post(SERVICES, body),
  /** Refused with 412 when somebody saved it since this tag. */
  change: (id: string, { name: _fixed, ...body }: ServiceBody, etag: string | null): Promise<Service> => api.patch(at(id), body, etag === null ? {} : { headers: { 'if-match': etag } }),
  remove: (id: string): Promise<undefined> => api.delete(at(id)),
  refresh: (id: string): Promise<Service> => api.post(`${at(id)}/refresh`),
  operations: (id: string, signal: AbortSignal): Promise<{ items: Operation[] }> => api.get(`${at(id)}/operations`, undefined, { signal }),
  analytics: (id: string, { from, to }: { from: number; to: number }, signal: AbortSignal): Promise<Analytics> => api.get(`${at(id)}/analytics`, { from, to }, { signal }),
}

import type { AuthKind, Service, ServiceBody } from '../api/services'

export interface ServiceForm {
  name: string
  title: string
  base_url: string
  /** An address of an OpenAPI document, or the document itself. */
  openapi: string
  auth: AuthKind
  header: string
  secret: string
  is_shared: boolean
  timeout_seconds: string
  retries: string
  rps: string
  quota_per_day: string
  allow: string
}
export type ServiceField = 'name' | 'base_url' | 'openapi' | 'header' | 'secret' | 'timeout_seconds' | 'retries' | 'rps' | 'quota_per_day' | 'allow'
export type ServiceMistake = 'needed' | 'badServerName' | 'serviceTaken' | 'badAddress' | 'badDocument' | 'badNumber' | 'badTimeout' | 'badAllow' | 'badHeader'

export function formOf(service: Service | undefined): ServiceForm {
  const number = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value))
  if (!service) return { name: '', title: '', base_url: '', openapi: '', auth: 'none', header: '', secret: '', is_shared: false, timeout_seconds: '30', retries: '2', rps: '', quota_per_day: '', allow: '' }
  return {
    name: service.name, title: service.title, base_url: service.base_url ?? '', openapi: service.openapi_url ?? '', auth: service.auth.kind, header: service.auth.header ?? '', secret: '', is_shared: service.is_shared,
    timeout_seconds: number(service.timeout_seconds), retries: number(service.retries), rps: number(service.rps), quota_per_day: number(service.quota_per_day), allow: service.allow.join('\n'),
  }
}

const NAME = /^[a-z][a-z0-9_-]{0,39}$/
const ADDRESS = /^https?:\/\/[^\s/]+\S*$/
const HEADER = /^[A-Za-z0-9-]{1,64}$/
const ALLOW = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|\*) \/\S*$/
const WHOLE = /^\d{1,9}$/
const PARTS = /^\d{1,6}([.,]\d{1,3})?$/
const most_timeout_seconds = 300

/** The lines of the allow rules. */
export const allowLines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

export function checkService(form: ServiceForm, taken: readonly string[], hasSecret: boolean): Partial<Record<ServiceField, ServiceMistake>> {
  const optional = (text: string, shape: RegExp): ServiceMistake | undefined => (text.trim() === '' || shape.test(text.trim()) ? undefined : 'badNumber')
  const found: Partial<Record<ServiceField, ServiceMistake | undefined>> = {
    name: form.name === '' ? 'needed' : !NAME.test(form.name) ? 'badServerName' : taken.includes(form.name) ? 'serviceTaken' : undefined,
    base_url: form.base_url.trim() === '' ? 'needed' : ADDRESS.test(form.base_url.trim()) ? undefined : 'badAddress',
    openapi: openapiOf(form.openapi) === undefined ? 'badDocument' : undefined,
    header: form.auth !== 'header' ? undefined : form.header.trim() === '' ? 'needed' : HEADER.test(form.header.trim()) ? undefined : 'badHeader',
    secret: form.auth === 'none' || form.secret !== '' || hasSecret ? undefined : 'needed',
    timeout_seconds: !WHOLE.test(form.timeout_seconds.trim()) ? 'badNumber' : Number(form.timeout_seconds) < 1 || Number(form.timeout_seconds) > most_timeout_seconds ? 'badTimeout' : undefined,
    retries: WHOLE.test(form.retries.trim()) ? undefined : 'badNumber',
    rps: optional(form.rps, PARTS) ?? (form.rps.trim() !== '' && Number(form.rps.replace(',', '.')) === 0 ? 'badNumber' : undefined),
    quota_per_day: optional(form.quota_per_day, WHOLE),
    allow: allowLines(form.allow).every((line) => ALLOW.test(line)) ? undefined : 'badAllow',
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== undefined)) as Partial<Record<ServiceField, ServiceMistake>>
}

/** The document, or where it is; null for none, undefined for what is neither. */
export function openapiOf(text: string): Record<string, unknown> | string | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (ADDRESS.test(trimmed)) return trimmed
  try {
    const value: unknown = JSON.parse(trimmed)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && ('paths' in value || 'openapi' in value || 'swagger' in value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function toBody(form: ServiceForm, isAdmin: boolean): ServiceBody {
  const number = (text: string) => (text.trim() === '' ? null : Number(text.replace(',', '.')))
  const openapi = openapiOf(form.openapi)
  return {
    name: form.name, title: form.title.trim(), base_url: form.base_url.trim(), ...(openapi && { openapi }),
    auth: { kind: form.auth, ...(form.auth === 'header' && { header: form.header.trim() }), ...(form.auth !== 'none' && form.secret !== '' && { secret: form.secret }) },
    is_shared: isAdmin && form.is_shared, timeout_seconds: Number(form.timeout_seconds), retries: Number(form.retries), rps: number(form.rps), quota_per_day: number(form.quota_per_day), allow: allowLines(form.allow),
  }
}

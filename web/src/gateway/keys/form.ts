import type { KeyBody, NewKeyBody } from '../api/calls'
import type { GatewayKey } from '../api/types'

export interface KeyForm { name: string; all: boolean; models: string[]; requests: string; tokens: string; days: string; monthly: string }
export type KeyField = 'name' | 'models' | 'requests_per_minute' | 'tokens_per_minute' | 'monthly'
export type KeyMistake = 'needed' | 'modelsNeeded' | 'badCount' | 'badMoney'

const usual_requests = 100

export function formOf(key: GatewayKey | undefined): KeyForm {
  if (!key) return { name: '', all: true, models: [], requests: String(usual_requests), tokens: '', days: '90', monthly: '' }
  return {
    name: key.name, all: key.models === null, models: key.models ?? [], requests: String(key.requests_per_minute), tokens: String(key.tokens_per_minute ?? ''), days: '', monthly: '',
  }
}

const COUNT = /^[1-9]\d{0,9}$/
const SUM = /^\d{1,9}([.,]\d{1,9})?$/

export function checkKey(form: KeyForm): Partial<Record<KeyField, KeyMistake>> {
  const tokens = form.tokens.trim()
  const monthly = form.monthly.trim()
  const found: Partial<Record<KeyField, KeyMistake | null>> = {
    name: form.name.trim() === '' ? 'needed' : null,
    models: !form.all && form.models.length === 0 ? 'modelsNeeded' : null,
    requests_per_minute: COUNT.test(form.requests.trim()) ? null : 'badCount',
    tokens_per_minute: tokens === '' || COUNT.test(tokens) ? null : 'badCount',
    monthly: monthly === '' || SUM.test(monthly) ? null : 'badMoney',
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}

export function toBody(form: KeyForm): KeyBody {
  return {
    name: form.name.trim(),
    models: form.all ? null : form.models,
    requests_per_minute: Number(form.requests),
    tokens_per_minute: form.tokens.trim() === '' ? null : Number(form.tokens),
  }
}

/** Besides, a new key's life and budget, which are not changed with it later. */
export function newBody(form: KeyForm): NewKeyBody {
  const hard_usd = form.monthly.trim().replace(',', '.')
  return {
    ...toBody(form),
    ...(form.days !== '' && { expires_in_days: Number(form.days) }),
    ...(hard_usd !== '' && { budget: { period: 'month', soft_usd: null, hard_usd } }),
  }
}

import type { Billing, Price, Provider } from '../api/types'
import { isLocal, serviceOf, type Service } from './services'

export interface PriceRow { model: string; input: string; output: string; cached_input: string; cache_write: string }

export interface ProviderForm {
  service: string
  name: string
  type: string
  base_url: string
  api_key: string
  weight: string
  billing: Billing
  is_shared: boolean
  prices: PriceRow[]
}
export type ProviderField = 'name' | 'type' | 'base_url' | 'api_key' | 'weight' | 'prices'
export interface ProviderBody {
  name: string
  type: string
  base_url?: string
  api_key?: string
  weight: number
  billing: Billing
  is_shared?: boolean
  prices: Record<string, Price>
}

const usual_weight = 100
const most_weight = 1000

export function newForm(service: Service, taken: readonly string[]): ProviderForm {
  const stem = service.id.endsWith('_compatible') ? 'provider' : service.id
  return {
    service: service.id, name: freeName(stem, taken), type: service.type, base_url: service.base_url, api_key: '',
    weight: String(usual_weight), billing: isLocal(service) ? 'free' : 'own', is_shared: false, prices: [],
  }
}

export function editForm(provider: Provider, services: readonly Service[]): ProviderForm {
  const { name, type, base_url, weight, billing, is_shared, prices } = provider
  return {
    service: serviceOf(provider, services)?.id ?? type, name, type, base_url: base_url ?? '', api_key: '', weight: String(weight), billing, is_shared,
    prices: Object.entries(prices ?? {}).map(([model, price]) => ({
      model, input: price.input, output: price.output, cached_input: price.cached_input ?? '', cache_write: price.cache_write ?? '',
    })),
  }
}

function freeName(stem: string, taken: readonly string[]): string {
  let name = stem
  for (let number = 2; taken.includes(name); number++) name = `${stem}-${number}`
  return name
}

/** An empty key is left out: the server keeps the one it has. Sharing is an admin's to decide. */
export function toBody(form: ProviderForm, isAdmin: boolean): ProviderBody {
  const { name, type, base_url, api_key, weight, billing, is_shared, prices } = form
  return {
    name: name.trim(),
    type,
    ...(base_url.trim() && { base_url: base_url.trim() }),
    ...(api_key.trim() && { api_key: api_key.trim() }),
    weight: Number(weight),
    billing,
    ...(isAdmin && { is_shared }),
    prices: Object.fromEntries(prices.filter((row) => row.model.trim()).map((row) => [row.model.trim(), toPrice(row)])),
  }
}

function toPrice({ input, output, cached_input, cache_write }: PriceRow): Price {
  return {
    input: sum(input), output: sum(output),
    ...(cached_input.trim() && { cached_input: sum(cached_input) }), ...(cache_write.trim() && { cache_write: sum(cache_write) }),
  }
}

const sum = (text: string): string => text.trim().replace(',', '.')

export type ProviderMistake = 'needed' | 'badProviderName' | 'providerTaken' | 'badAddress' | 'keyNeeded' | 'badWeight' | 'badPrice'

/** What to mend before connecting; `taken` are the names of the other providers. */
export function checkProvider(
  form: ProviderForm, service: Service | undefined, hasKey: boolean, taken: readonly string[],
): Partial<Record<ProviderField, ProviderMistake>> {
  const found: Partial<Record<ProviderField, ProviderMistake | null>> = {
    name: checkName(form.name.trim(), taken),
    base_url: checkAddress(form.base_url.trim(), service?.needs_base_url ?? false),
    api_key: (service?.needs_key ?? false) && !hasKey && form.api_key.trim() === '' ? 'keyNeeded' : null,
    weight: checkWeight(form.weight),
    prices: form.prices.every(isPriced) ? null : 'badPrice',
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u

function checkName(name: string, taken: readonly string[]): ProviderMistake | null {
  if (name === '') return 'needed'
  if (!NAME.test(name)) return 'badProviderName'
  return taken.includes(name) ? 'providerTaken' : null
}

function checkAddress(text: string, isNeeded: boolean): ProviderMistake | null {
  if (text === '') return isNeeded ? 'needed' : null
  try {
    const { protocol, search, hash } = new URL(text)
    return (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '' ? null : 'badAddress'
  } catch {
    return 'badAddress'
  }
}

function checkWeight(text: string): ProviderMistake | null {
  const weight = Number(text)
  return Number.isInteger(weight) && weight >= 1 && weight <= most_weight ? null : 'badWeight'
}

const SUM = /^\d{1,6}([.,]\d{1,9})?$/
const isSum = (text: string): boolean => SUM.test(text.trim())
const isEmpty = (row: PriceRow): boolean => Object.values(row).every((text: string) => text.trim() === '')

/** A row without anything is no price at all; any other needs a model and what its tokens cost. */
function isPriced(row: PriceRow): boolean {
  if (isEmpty(row)) return true
  const optional = [row.cached_input, row.cache_write].filter((text) => text.trim() !== '')
  return row.model.trim() !== '' && [row.input, row.output, ...optional].every(isSum)
}

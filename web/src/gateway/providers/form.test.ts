import { describe, expect, it } from 'vitest'
import type { Provider, ProviderKind } from '../api/types'
import { checkProvider, editForm, newForm, toBody } from './form'
import { serviceOf, servicesOf } from './services'

const kind = (type: string, base_url: string | null, needs_key = true, needs_base_url = false): ProviderKind => ({ type, title: type, base_url, needs_base_url, needs_key, dialects: ['chat'] })
const services = servicesOf([
  kind('openai_compatible', null, false, true), kind('groq', 'https://api.groq.com/openai/v1'), kind('openai', 'https://api.openai.com/v1'),
  kind('ollama', 'http://127.0.0.1:11434/v1', false), kind('anthropic', 'https://api.anthropic.com'),
])
const service = (id: string) => services.find((item) => item.id === id)!
const form = (id: string) => newForm(service(id), [])
const provider: Provider = {
  id: '1', name: 'local', type: 'openai_compatible', base_url: 'http://127.0.0.1:1234/v1/', has_key: false, models: [], is_default: false, weight: 3, billing: 'pooled',
  prices: { m: { input: '0.5', output: '2', cached_input: null } }, is_shared: true, status: 'ok', last_error: null, created_at: '',
}

describe('services', () => {
  it('come in the order people ask for them, unnamed ones last', () => {
    expect(services.map(({ id }) => id)).toEqual(['anthropic', 'openai', 'ollama', 'groq', 'lmstudio', 'openai_compatible'])
  })
  it('are found again from what they made', () => {
    for (const item of services) expect(serviceOf(newForm(item, []), services)?.id).toBe(item.id)
    expect(serviceOf(provider, services)?.id).toBe('lmstudio')
  })
})

describe('a form', () => {
  it('takes a name that nobody has', () => {
    expect(newForm(service('ollama'), ['ollama', 'ollama-2']).name).toBe('ollama-3')
  })
  it('gives back what the provider had', () => {
    expect(toBody(editForm(provider, services), true)).toEqual({
      name: 'local', type: 'openai_compatible', base_url: 'http://127.0.0.1:1234/v1/', weight: 3, billing: 'pooled', is_shared: true, prices: { m: { input: '0.5', output: '2' } },
    })
  })
})

it('what runs on one’s own machine costs nothing, unless one says so', () => {
  expect(['ollama', 'lmstudio', 'openai', 'openai_compatible'].map((id) => form(id).billing)).toEqual(['free', 'free', 'own', 'own'])
})

describe('checkProvider', () => {
  it('wants a key where the service does, unless it has one', () => {
    expect(checkProvider(form('openai'), service('openai'), false, [])).toEqual({ api_key: 'keyNeeded' })
    expect(checkProvider(form('openai'), service('openai'), true, [])).toEqual({})
    expect(checkProvider(form('ollama'), service('ollama'), false, [])).toEqual({})
  })
  it('wants an address where none is known', () => {
    expect(checkProvider(form('openai_compatible'), service('openai_compatible'), false, [])).toEqual({ base_url: 'needed' })
    expect(checkProvider({ ...form('ollama'), base_url: '' }, service('ollama'), false, [])).toEqual({})
  })
  it.each(['localhost:11434', 'ftp://x', 'http://', 'https://x/v1?key=1'])('refuses the address %j', (base_url) => {
    expect(checkProvider({ ...form('ollama'), base_url }, service('ollama'), false, []).base_url).toBe('badAddress')
  })
  it.each(['', 'openai', '/x', 'a/b', 'x'.repeat(65)])('refuses the name %j', (name) => {
    expect(checkProvider({ ...form('ollama'), name }, service('ollama'), false, ['openai']).name).toBeDefined()
  })
  it.each(['0', '1001', '1.5', 'many', ''])('refuses the weight %j', (weight) => {
    expect(checkProvider({ ...form('ollama'), weight }, service('ollama'), false, []).weight).toBe('badWeight')
  })
  it('refuses half a price and passes over an empty row', () => {
    const none = { model: '', input: '', output: '', cached_input: '', cache_write: '' }
    const prices = (row: Partial<typeof none>) => checkProvider({ ...form('ollama'), prices: [{ ...none, ...row }] }, service('ollama'), false, []).prices
    expect(prices({})).toBeUndefined()
    expect(prices({ model: 'm', input: '1' })).toBe('badPrice')
    expect(prices({ model: 'm', input: '1', output: '-2' })).toBe('badPrice')
    expect(prices({ model: 'm', input: '0,15', output: '0.6', cached_input: '0.075' })).toBeUndefined()
  })
})

describe('toBody', () => {
  it('leaves an empty key out, and sharing where one may not share', () => {
    expect(toBody(form('ollama'), false)).toEqual({ name: 'ollama', type: 'ollama', base_url: 'http://127.0.0.1:11434/v1', weight: 100, billing: 'free', prices: {} })
    expect(toBody({ ...form('openai'), api_key: ' sk-1 ' }, false).api_key).toBe('sk-1')
  })
  it('reads a decimal comma', () => {
    const row = { model: 'm', input: '0,15', output: '0.6', cached_input: '', cache_write: '' }
    expect(toBody({ ...form('ollama'), prices: [row] }, false).prices).toEqual({ m: { input: '0.15', output: '0.6' } })
  })
})

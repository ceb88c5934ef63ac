import { expect, it } from 'vitest'
import { checkService, formOf, openapiOf, toBody, type ServiceForm } from './form'

const form = (change: Partial<ServiceForm> = {}): ServiceForm => ({ ...formOf(undefined), name: 'pets', base_url: 'https://pets.example/v1', ...change })

it.each([
  [{}, {}], [{ name: 'a b' }, { name: 'badServerName' }], [{ name: 'old' }, { name: 'serviceTaken' }], [{ base_url: 'pets' }, { base_url: 'badAddress' }], [{ openapi: 'nope' }, { openapi: 'badDocument' }], [{ openapi: '{"paths": {}}' }, {}],
  [{ auth: 'bearer' as const }, { secret: 'needed' }], [{ auth: 'header' as const, secret: 'x' }, { header: 'needed' }], [{ auth: 'header' as const, secret: 'x', header: 'a b' }, { header: 'badHeader' }],
  [{ allow: 'GET /pets*\n\n* /shops/*' }, {}], [{ allow: 'get pets' }, { allow: 'badAllow' }], [{ rps: 'x' }, { rps: 'badNumber' }], [{ timeout_seconds: '400' }, { timeout_seconds: 'badTimeout' }],
])('checks %j', (change, mistakes) => expect(checkService(form(change), ['old'], false)).toEqual(mistakes))

it('a secret that is kept need not be given again', () => expect(checkService(form({ auth: 'bearer' }), [], true)).toEqual({}))

it('takes a document by its address or as it is', () => {
  expect(openapiOf('https://pets.example/openapi.json')).toBe('https://pets.example/openapi.json')
  expect(openapiOf('{"openapi": "3.1.0"}')).toEqual({ openapi: '3.1.0' })
  expect(openapiOf(' ')).toBeNull()
  for (const text of ['[]', '{"a": 1}', 'x']) expect(openapiOf(text)).toBeUndefined()
})

it('asks for a service with what was filled in', () => {
  expect(toBody(form({ auth: 'header', header: 'X-Key', secret: 's', rps: '2,5', allow: 'GET /pets*' }), false)).toEqual({
    name: 'pets', title: '', base_url: 'https://pets.example/v1', auth: { kind: 'header', header: 'X-Key', secret: 's' }, is_shared: false, timeout_seconds: 30, retries: 2, rps: 2.5, quota_per_day: null, allow: ['GET /pets*'],
  })
})

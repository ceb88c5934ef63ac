import { expect, it } from 'vitest'
import { checkKey, formOf, newBody, toBody, type KeyForm } from './form'

const form = (change: Partial<KeyForm> = {}): KeyForm => ({ ...formOf(undefined), name: ' ci ', ...change })

it.each([
  [{}, {}], [{ name: ' ' }, { name: 'needed' }], [{ all: false }, { models: 'modelsNeeded' }], [{ all: false, models: ['fast'] }, {}],
  [{ requests: '0' }, { requests_per_minute: 'badCount' }], [{ tokens: '1e3' }, { tokens_per_minute: 'badCount' }], [{ tokens: ' ' }, {}], [{ monthly: '-1' }, { monthly: 'badMoney' }],
])('checks %j', (change, mistakes) => expect(checkKey(form(change))).toEqual(mistakes))

it('asks for a key with its limits', () => {
  expect(newBody(form())).toEqual({ name: 'ci', models: null, requests_per_minute: 100, tokens_per_minute: null, expires_in_days: 90 })
  expect(toBody(form({ all: false, models: ['fast'], tokens: '5000', days: '' }))).toEqual({ name: 'ci', models: ['fast'], requests_per_minute: 100, tokens_per_minute: 5000 })
})

it('a monthly limit is optional', () => {
  expect(newBody(form({ monthly: '2,5', days: '' }))).toMatchObject({ budget: { period: 'month', soft_usd: null, hard_usd: '2.5' } })
  expect(newBody(form({ days: '' }))).toEqual(toBody(form()))
})

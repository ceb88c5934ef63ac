import { expect, test } from 'vitest'
import { checkExperiment, checkFragment, formOf, isRight, shares, toBody } from './form'

test('a fragment needs a name that can be referred to, and a text', () => {
  expect(checkFragment({ name: 'House Style', description: '', text: ' ' })).toEqual({ name: 'badName', text: 'needed' })
  expect(checkFragment({ name: 'house-style', description: '', text: 'Be brief.' })).toEqual({})
})

test('an experiment begins with two equal variants', () => {
  const form = { ...formOf(undefined, 'coder'), name: 'brief-or-not' }
  expect(isRight(checkExperiment(form))).toBe(true)
  expect(shares(toBody(form).variants.map(({ weight }) => weight))).toEqual([0.5, 0.5])
})

test('each variant needs its own name and a weight above nothing', () => {
  const form = { ...formOf(undefined, 'coder'), name: 'x', variants: [{ name: 'one', weight: '1', instructions: '' }, { name: 'one', weight: '1', instructions: '' }, { name: 'three', weight: '0', instructions: '' }, { name: ' ', weight: '1', instructions: '' }] }
  expect(checkExperiment(form).variants).toEqual([null, 'twoNames', 'badWeight', 'needed'])
})

test('one variant is no experiment', () => expect(checkExperiment({ ...formOf(undefined, 'coder'), variants: [{ name: 'one', weight: '1', instructions: '' }] }).whole).toBe('oneVariant'))
test('no weight, no share', () => expect(shares([0, Number.NaN])).toEqual([0, 0]))
test('what is saved comes back', () => {
  const body = { name: 'x', agent: 'coder', sticky: 'person' as const, variants: [{ name: 'one', weight: 2, instructions: 'i' }, { name: 'two', weight: 1, instructions: null }] }
  expect(toBody(formOf(body, ''))).toEqual(body)
})

import { expect, it } from 'vitest'
import type { Pin } from '../api/servers'
import { definitionText, pinDiff, waitingPins } from './diff'

const pin = (change: Partial<Pin>): Pin => ({ tool: 'x', state: 'changed', before: null, after: null, ...change })

it('the order of names is no change; name and description stand first', () => {
  expect(pinDiff(pin({ before: { b: 1, a: { d: 1, c: 2 } }, after: { a: { c: 2, d: 1 }, b: 1 } }))).toMatchObject({ added: 0, removed: 0 })
  expect(Object.keys(JSON.parse(definitionText({ inputSchema: {}, description: 'x', name: 'n', annotations: {} })) as object)).toEqual(['name', 'description', 'annotations', 'inputSchema'])
})

it('a changed description is one line out and one in', () => {
  expect(pinDiff(pin({ before: { description: 'reads' }, after: { description: 'reads, and sends home' } }))).toMatchObject({ added: 1, removed: 1 })
  expect(pinDiff(pin({ state: 'new', after: { description: 'x' } })).removed).toBeLessThanOrEqual(1)
  expect(definitionText(null)).toBe('')
})

it('only new and changed ones wait', () => {
  expect(waitingPins([pin({ state: 'accepted' }), pin({ state: 'new' }), pin({ state: 'changed' }), pin({ state: 'gone' })]).map(({ state }) => state)).toEqual(['new', 'changed'])
})

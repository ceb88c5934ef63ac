import { expect, it } from 'vitest'
import { checkBundle, formOf, letIn, patterns, toBody, type BundleForm } from './form'

const form = (change: Partial<BundleForm> = {}): BundleForm => ({ ...formOf(undefined), name: 'research', tools: 'fetch.*', ...change })

it.each([
  [{}, {}], [{ name: '' }, { name: 'needed' }], [{ name: '-x' }, { name: 'badServerName' }], [{ name: 'old' }, { name: 'nameTaken' }], [{ tools: ' \n' }, { tools: 'needed' }],
])('checks %j', (change, mistakes) => expect(checkBundle(form(change), ['old'])).toEqual(mistakes))

it('reads patterns between lines, spaces and commas, each once', () => {
  expect(patterns('github.*\nfetch.fetch, time.* github.*')).toEqual(['github.*', 'fetch.fetch', 'time.*'])
  expect(toBody(form({ agent: 'coder', is_shared: true }), false)).toEqual({ name: 'research', title: '', tools: ['fetch.*'], resources: ['*'], prompts: ['*'], agent: 'coder', search: 'auto', is_shared: false })
})

it('tells what patterns let in, and which let in nothing', () => {
  expect(letIn(['github.*', 'tme.*'], ['github.a', 'time.b', 'github.c'])).toEqual({ names: ['github.a', 'github.c'], idle: ['tme.*'] })
})

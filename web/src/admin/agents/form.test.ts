import { describe, expect, it } from 'vitest'
import type { Agent } from '@/lib/types'
import { changedFields, checkAgent, copyName, emptyForm, freeHue, grantOf, mergeForms, toBody, toForm, toPatch } from './form'

const agent: Agent = {
  id: '1',
  name: 'coder',
  role: 'Writes code',
  instructions: 'Be brief.',
  model: null,
  model_settings: { temperature: 0.2 },
  tools: { run_code: 'allow' },
  limits: { max_steps: 40, max_tokens: 200_000, max_seconds: 900, max_cost_usd: '0.50' },
  output_schema: { type: 'object', properties: { a: { type: 'string' } } },
  hue: 150,
  status: 'active',
  paused: false,
  memory: 'all',
  fragments: ['house-style'],
  is_default: true,
  version: 3,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-02T00:00:00Z',
}

describe('the agent form', () => {
  it('gives back the agent it was made from', () => {
    expect(agent).toMatchObject(toBody(toForm(agent)))
  })

  it('sends only the parts that hold a change', () => {
    const before = toForm(agent)
    expect(toPatch(before, before)).toEqual({})
    expect(toPatch(before, { ...before, temperature: '' })).toEqual({ model_settings: {} })
    expect(toPatch(before, { ...before, enabled: false, max_steps: '5' })).toEqual({
      status: 'disabled',
      limits: { ...agent.limits, max_steps: 5 },
    })
  })

  it('sees a changed grant and no change in an equal copy', () => {
    const before = toForm(agent)
    expect(changedFields(before, structuredClone(before))).toEqual([])
    expect(changedFields(before, { ...before, tools: { ...before.tools, fetch_url: 'deny' } })).toEqual(['tools'])
  })

  it('lays my changes over theirs', () => {
    const base = toForm(agent)
    const merged = mergeForms(base, { ...base, role: 'Mine' }, { ...base, role: 'Theirs', hue: 10 })
    expect(merged).toEqual({ ...base, role: 'Mine', hue: 10 })
  })
})

describe('checkAgent', () => {
  it('takes a schema of an object, or none', () => {
    const form = toForm(agent)
    const mistake = (output_schema: string) => checkAgent({ ...form, output_schema }).output_schema
    expect(['', '  ', '{"type": "object"}'].map(mistake)).toEqual([undefined, undefined, undefined])
    expect(mistake('{"type": ')).toBe('badJson')
    expect(['[]', '1', '{"type": "string"}'].map(mistake)).toEqual(['badSchema', 'badSchema', 'badSchema'])
    expect(mistake(JSON.stringify({ type: 'object', title: 'x'.repeat(40_000) }))).toBe('tooLong')
    expect(toPatch(form, { ...form, output_schema: '' })).toEqual({ output_schema: null })
  })

  const good = { ...emptyForm(10), name: 'writer' }

  it('passes a good form, also an agent that exists', () => {
    expect(checkAgent(good)).toEqual({})
    expect(checkAgent(toForm(agent))).toEqual({})
  })

  it.each(['Coder', '1st', 'a', 'has space', 'é-name', 'x'.repeat(33)])('refuses the name %j', (name) => {
    expect(checkAgent({ ...good, name })).toEqual({ name: 'badName' })
  })

  it.each([
    ['name', ' ', 'needed'],
    ['temperature', '2.1', 'tooLarge'],
    ['temperature', '-0.1', 'tooSmall'],
    ['temperature', 'warm', 'badNumber'],
    ['answer_tokens', '1.5', 'badNumber'],
    ['max_steps', '', 'needed'],
    ['max_steps', '0', 'tooSmall'],
    ['max_seconds', '9999999', 'tooLarge'],
    ['max_cost_usd', '-1', 'badMoney'],
    ['max_cost_usd', '1,50', 'badMoney'],
  ] as const)('%s %j is %s', (field, value, mistake) => {
    expect(checkAgent({ ...good, [field]: value })).toEqual({ [field]: mistake })
  })

  it('refuses the name of another agent', () => {
    expect(checkAgent(good, ['coder'])).toEqual({})
    expect(checkAgent(good, ['coder', 'writer'])).toEqual({ name: 'nameTaken' })
  })

  it('takes empty optional fields', () => {
    expect(checkAgent({ ...good, temperature: '', answer_tokens: '', max_cost_usd: '' })).toEqual({})
  })
})

describe('helpers of the editor', () => {
  it('fall back to the default grant of a tool', () => {
    expect(grantOf({ tools: { a: 'deny' } }, { name: 'a', default_grant: 'ask' })).toBe('deny')
    expect(grantOf({ tools: {} }, { name: 'a', default_grant: 'ask' })).toBe('ask')
  })

  it('name a copy as nobody else', () => {
    expect(copyName('coder', ['coder'])).toBe('coder-2')
    expect(copyName('coder-2', ['coder', 'coder-2', 'coder-3'])).toBe('coder-4')
    expect(copyName('x'.repeat(32), []).length).toBeLessThanOrEqual(32)
  })

  it('find the hue farthest from others', () => {
    expect(freeHue([0, 180])).toBe(90)
    expect(freeHue([10])).toBe(190)
    expect(freeHue([350, 30])).toBe(190)
  })
})

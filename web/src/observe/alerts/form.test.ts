import { describe, expect, it } from 'vitest'
import type { Rule } from './data'
import { draftOf, faults, FIELDS, newDraft, number, ruleOf, withKind } from './form'
import { KINDS } from './kinds'

const filled = { ...newDraft(), name: 'Errors', source: 'claude-code', types: 'hook.*, tool_failed', text: 'words' }

describe('the form of a rule', () => {
  it('gives every kind a rule that can be saved', () => {
    for (const kind of KINDS) expect(faults({ ...newDraft(kind), name: kind })).toEqual({})
  })

  it('sends what the kind asks for and nothing else', () => {
    const rule = ruleOf(withKind(filled, 'slow_query'), true)
    expect(rule).toMatchObject({ threshold: 1000, source: null, types: [], text: null, min_events: 1 })
    expect(ruleOf(withKind(filled, 'event_match'), true)).toMatchObject({ source: 'claude-code', types: ['hook.*', 'tool_failed'], text: 'words' })
  })

  it('comes back from a rule as it went there', () => {
    for (const kind of KINDS) {
      const rule: Rule = ruleOf({ ...withKind(filled, kind), forMinutes: '1,5', webhookUrl: ' https://example.com/hook ' }, false)
      expect(ruleOf(draftOf(rule), false)).toEqual(rule)
      expect(rule.for_seconds).toBe(90)
    }
  })

  it('names what stands in the way', () => {
    const wrong = { ...newDraft(), threshold: '101', windowMinutes: '0', cooldownMinutes: '-1', minEvents: '1.5', types: 'a*b', webhookUrl: 'example.com' }
    expect(faults(wrong)).toEqual({ name: 'needed', threshold: 'badNumber', windowMinutes: 'badWindow', cooldownMinutes: 'badNumber', minEvents: 'badNumber', types: 'badTypes', webhookUrl: 'badAddress' })
    expect(faults({ ...wrong, kind: 'stuck_agent', name: 'x' })).not.toHaveProperty('windowMinutes')
  })

  it('reads numbers as people type them', () => {
    expect([number(' 1,5 '), number('2')]).toEqual([1.5, 2])
    expect([number(''), number('many')]).toEqual([Number.NaN, Number.NaN])
  })

  it('has fields for every kind', () => {
    expect(Object.keys(FIELDS).sort()).toEqual([...KINDS].sort())
  })
})

import { describe, expect, it } from 'vitest'
import { checkAlias, formOf, newRow, shareOf, toBody, type AliasForm } from './form'

const form = (change: Partial<AliasForm> = {}): AliasForm => ({ name: 'fast', strategy: 'priority', rows: [newRow('p', 'a'), newRow('p', 'b', 300)], is_shared: false, ...change })

describe('checkAlias', () => {
  it('passes what is whole', () => expect(checkAlias(form(), ['slow'])).toEqual({}))
  it.each([['', 'needed'], ['a/b', 'badAliasName'], ['@coder', 'badAliasName'], ['team', 'badAliasName'], ['slow', 'aliasTaken']])('the name %j is %s', (name, mistake) => {
    expect(checkAlias(form({ name }), ['slow']).name).toBe(mistake)
  })
  it('wants candidates, each once', () => {
    expect(checkAlias(form({ rows: [] }), []).candidates).toBe('candidatesNeeded')
    expect(checkAlias(form({ rows: [newRow('p', 'a'), newRow('p', 'a')] }), []).candidates).toBe('candidateTwice')
    expect(checkAlias(form({ rows: [newRow('p', 'a'), newRow('q', 'a')] }), []).candidates).toBeUndefined()
  })
  it('looks at weights only where they count', () => {
    const rows = [{ ...newRow('p', 'a'), weight: '0' }]
    expect(checkAlias(form({ rows }), []).candidates).toBeUndefined()
    expect(checkAlias(form({ rows, strategy: 'ab' }), []).candidates).toBe('badWeight')
  })
})

it('a form gives back the alias that it was made from', () => {
  const alias = { id: '1', name: 'fast', strategy: 'weighted' as const, is_shared: true, version: 3, candidates: [{ provider_id: 'p', model: 'a', weight: 7 }] }
  const { id: _id, version: _version, ...body } = alias
  expect(toBody(formOf(alias), true)).toEqual(body)
  expect(toBody(formOf(alias), false).is_shared).toBe(false)
})

it('shares come from weights', () => {
  const { rows } = form()
  expect(rows.map((row) => shareOf(row, rows))).toEqual([0.25, 0.75])
  expect(shareOf({ ...rows[0]!, weight: 'x' }, [{ ...rows[0]!, weight: 'x' }])).toBe(0)
})

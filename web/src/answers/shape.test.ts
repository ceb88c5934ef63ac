import { describe, expect, it } from 'vitest'
import { plain, shapeOf } from './shape'

describe('shapeOf', () => {
  it('shows records of plain values as a table', () => {
    const rows = [{ city: 'Lisbon', people: 1 }, { city: 'Porto' }]
    expect(shapeOf(rows)).toEqual({ kind: 'table', columns: ['city', 'people'], rows })
  })

  it('shows an object as fields, a list of words as a list', () => {
    expect(shapeOf({ a: 1 })).toEqual({ kind: 'fields', entries: [['a', 1]] })
    expect(shapeOf(['a', null, true])).toEqual({ kind: 'list', items: ['a', '–', 'true'] })
  })

  it('falls back to JSON for what is too deep, too long or of mixed form', () => {
    expect(shapeOf({ a: 1 }, 4).kind).toBe('json')
    expect(shapeOf(Array.from({ length: 201 }, () => 1)).kind).toBe('json')
    expect(shapeOf([{ a: { b: 1 } }]).kind).toBe('json')
    expect(shapeOf([1, { a: 1 }]).kind).toBe('json')
  })

  it('says nothing of nothing', () => {
    expect([shapeOf({}), shapeOf([]), shapeOf(null)]).toEqual(Array(3).fill({ kind: 'plain', text: '–' }))
    expect(plain(undefined)).toBe('–')
  })
})

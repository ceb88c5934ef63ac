import { describe, expect, it } from 'vitest'
import { flattenJson, type TreeRow, valueAt } from './tree'

const document = { name: 'x', 'a/b~c': [1, { deep: null }], empty: {}, on: true }
const paths = (rows: TreeRow[]): string[] => rows.map((row) => row.path)

describe('flattenJson', () => {
  it('shows the root alone until it opens', () => {
    expect(flattenJson(document, () => false)).toMatchObject([{ path: '', key: null, size: 4, open: false }])
  })

  it('shows every value once when all is open, parents before members', () => {
    expect(paths(flattenJson(document, () => true))).toEqual([
      '',
      '/name',
      '/a~1b~0c',
      '/a~1b~0c/0',
      '/a~1b~0c/1',
      '/a~1b~0c/1/deep',
      '/empty',
      '/on',
    ])
  })

  it('opens by depth and by path', () => {
    expect(paths(flattenJson(document, (_, depth) => depth < 1))).toHaveLength(5)
    expect(paths(flattenJson(document, (path) => path === '' || path === '/a~1b~0c'))).toHaveLength(7)
  })

  it('never opens what has no members', () => {
    expect(flattenJson(document, () => true).find((row) => row.path === '/empty')).toMatchObject({
      kind: 'object',
      size: 0,
      open: false,
      preview: '{}',
    })
  })

  it('previews branches in brief', () => {
    expect(flattenJson(document, () => false)[0]?.preview).toBe('{name: "x", a/b~c: […], empty: {}, on: true}')
    expect(
      flattenJson(
        Array.from({ length: 50 }, (_, index) => index),
        () => false,
      )[0]?.preview.endsWith(', …]'),
    ).toBe(true)
    expect(
      flattenJson(['x'.repeat(500), 'y'.repeat(500), 'z'.repeat(500), 'w'.repeat(500)], () => false)[0]!.preview.length,
    ).toBeLessThan(90)
  })

  it('takes leaves as documents', () => {
    for (const leaf of ['text', 1, true, null])
      expect(flattenJson(leaf, () => true)).toMatchObject([{ preview: JSON.stringify(leaf), size: 0 }])
  })
})

describe('valueAt', () => {
  it('follows every pointer flattenJson makes', () => {
    for (const row of flattenJson(document, () => true)) {
      const value = valueAt(document, row.path)
      expect(value === undefined).toBe(false)
      if (row.size === 0) expect(row.preview).toBe(JSON.stringify(value))
    }
    expect(valueAt(document, '/name/nothing/more')).toBeUndefined()
  })
})

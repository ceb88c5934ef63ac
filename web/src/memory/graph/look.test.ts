import { expect, test } from 'vitest'
import { edgeOf, nodeOf } from '../testing/memories'
import { paletteOf } from './colours'
import { labelling, reducers, standsOut, type View } from './look'
import { keyOf, merged, nothing } from './model'

const edges = [edgeOf('a', 'b'), edgeOf('b', 'c')] as const
const known = merged(nothing, { nodes: [nodeOf('a'), nodeOf('b', { kind: 'Tool' }), nodeOf('c')], edges: [...edges] })
const view: View = { hidden: new Set(), chosen: null, hovered: null, path: new Set(), pathEdges: new Set() }
const palette = paletteOf('dark')
const looks = (change: Partial<View>) => {
  const { nodeReducer, edgeReducer } = reducers(known, { ...view, ...change }, palette)
  return { node: (id: string) => nodeReducer?.(id, { kind: known.nodes.get(id)?.kind, label: id }), edge: (index: 0 | 1) => edgeReducer?.(keyOf(edges[index]), {}) }
}

test('with nothing chosen all stand out', () => expect(standsOut(known, view)).toBeNull())

test('the chosen node and its neighbours stand out, the rest is dimmed and nameless', () => {
  const { node, edge } = looks({ chosen: 'a' })
  expect([node('a')?.highlighted, node('b')?.color, node('c')?.color, node('c')?.label]).toEqual([true, palette.node('Tool'), palette.dim, ''])
  expect([edge(0)?.color, edge(1)?.color]).toEqual([palette.strong, palette.edge])
})

test('a long name is cut', () => {
  const { nodeReducer } = reducers(known, view, palette)
  expect(nodeReducer?.('a', { kind: 'Memory', label: 'x'.repeat(300) })?.label).toBe(`${'x'.repeat(36)}…`)
})

test('a kind that is hidden goes with its edges', () => {
  const { node, edge } = looks({ hidden: new Set(['Tool']) })
  expect([node('a')?.hidden, node('b')?.hidden, edge(0)?.hidden, edge(1)?.hidden]).toEqual([false, true, true, true])
})

test('a path stands out by its own edges', () => {
  const { node, edge } = looks({ path: new Set(['a', 'b']), pathEdges: new Set([keyOf(edges[0])]), chosen: 'c' })
  expect([node('a')?.forceLabel, node('c')?.color, edge(0)?.color, edge(1)?.color]).toEqual([true, palette.dim, palette.strong, palette.edge])
})

test('few nodes all have names, of many the large ones', () => {
  expect(labelling(18).labelRenderedSizeThreshold).toBe(0)
  expect(labelling(5_000).labelRenderedSizeThreshold).toBeGreaterThan(0)
})

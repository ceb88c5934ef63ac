import { expect, test } from 'vitest'
import { edgeOf, nodeOf } from '../testing/memories'
import { draw, emptyGraph, sizeOf } from './drawn'
import { merged, nothing, without } from './model'

const known = merged(nothing, { nodes: [nodeOf('a'), nodeOf('b')], edges: [edgeOf('a', 'b'), edgeOf('a', 'b', { type: 'USES' })] })

test('what is known is drawn, two edges between the same nodes too', () => {
  const graph = emptyGraph()
  expect(draw(graph, known)).toBe(true)
  expect([graph.order, graph.size]).toEqual([2, 2])
})

test('drawing the same again moves nothing and says so', () => {
  const graph = emptyGraph()
  draw(graph, known)
  graph.setNodeAttribute('a', 'x', 77)
  expect(draw(graph, merged(known, { nodes: [nodeOf('a', { name: 'renamed' })], edges: [] }))).toBe(false)
  expect([graph.getNodeAttribute('a', 'x'), graph.getNodeAttribute('a', 'label')]).toEqual([77, 'renamed'])
})

test('a node that is gone leaves with its edges', () => {
  const graph = emptyGraph()
  draw(graph, known)
  expect(draw(graph, without(known, 'b'))).toBe(true)
  expect([graph.nodes(), graph.size]).toEqual([['a'], 0])
})

test('every node has a place from the first', () => {
  const graph = emptyGraph()
  draw(graph, known)
  graph.forEachNode((_, { x, y }) => expect([Number.isFinite(x), Number.isFinite(y)]).toEqual([true, true]))
})

test('the best connected are larger, and a crowd is drawn smaller', () => {
  expect(sizeOf(100)).toBeGreaterThan(sizeOf(1))
  expect(sizeOf(10, 5000)).toBeLessThan(sizeOf(10, 100))
  expect(sizeOf(1_000_000)).toBe(sizeOf(10_000))
})

import { expect, test } from 'vitest'
import { edgeOf, nodeOf } from '../testing/memories'
import { keyOf, kindsOf, listed, merged, neighboursOf, nothing, stepsOf, without } from './model'

const [a, b, c] = [nodeOf('a', { degree: 2 }), nodeOf('b', { kind: 'Tool', degree: 1 }), nodeOf('c', { degree: 1, name: 'Release plan' })]
const known = merged(nothing, { nodes: [a, b, c], edges: [edgeOf('a', 'b', { weight: 1 }), edgeOf('c', 'a', { weight: 3, type: 'MENTIONS' })] })

test('the same answer twice changes nothing', () => expect(merged(known, { nodes: [a], edges: [edgeOf('a', 'b')] }).edges.size).toBe(2))

test('two nodes may have edges of several types', () => {
  expect(merged(known, { nodes: [], edges: [edgeOf('a', 'b', { type: 'USES' })] }).edges.size).toBe(3)
})

test('an edge to a node that is not known is left out', () => expect(merged(known, { nodes: [], edges: [edgeOf('a', 'z')] }).edges.size).toBe(2))

test('past the most that is drawn only known nodes are renewed', () => {
  const full = merged(known, { nodes: [nodeOf('d'), nodeOf('a', { name: 'renamed' })], edges: [edgeOf('a', 'd')] }, 3)
  expect([...full.nodes.keys()]).toEqual(['a', 'b', 'c'])
  expect(full.nodes.get('a')?.name).toBe('renamed')
  expect(full.edges.size).toBe(2)
})

test('a node goes with its edges', () => {
  const left = without(known, 'a')
  expect([...left.nodes.keys()]).toEqual(['b', 'c'])
  expect(left.edges.size).toBe(0)
})

test('neighbours are told the heaviest edge first, with its direction', () => {
  expect(neighboursOf(known, 'a').map(({ node, isOut }) => [node.id, isOut])).toEqual([['c', false], ['b', true]])
})

test('kinds are counted', () => expect(kindsOf(known)).toEqual([['Concept', 2], ['Tool', 1]]))

test('a list leaves hidden kinds out and looks for every word', () => {
  expect(listed(known, new Set(['Tool'])).map(({ id }) => id)).toEqual(['a', 'c'])
  expect(listed(known, new Set(), 'plan REL').map(({ id }) => id)).toEqual(['c'])
})

test('a path is read node by node with the direction of its edges', () => {
  const steps = stepsOf({ nodes: [c, a, b], edges: [...known.edges.values()] })
  expect(steps.map(({ node, edge, isForward }) => [node.id, edge && keyOf(edge).split('\n')[2], isForward])).toEqual([['c', null, false], ['a', 'MENTIONS', true], ['b', 'RELATES_TO', true]])
  expect(stepsOf({ nodes: [b, a], edges: [...known.edges.values()] })[1]?.isForward).toBe(false)
})

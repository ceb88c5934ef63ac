import { expect, test } from 'vitest'
import { edgeOf, nodeOf } from '../testing/memories'
import { matrices, positions, roundsFor, settingsFor, spots, turn } from './layout'
import { merged, nothing } from './model'

const distance = (places: Float32Array, a: number, b: number): number => Math.hypot((places[a * 2] ?? 0) - (places[b * 2] ?? 0), (places[a * 2 + 1] ?? 0) - (places[b * 2 + 1] ?? 0))

function arranged(count: number, edges: [number, number][]) {
  const known = merged(nothing, { nodes: Array.from({ length: count }, (_, index) => nodeOf(String(index))), edges: edges.map(([a, b]) => edgeOf(String(a), String(b))) })
  const made = matrices(known, new Map())
  for (let round = 0; round < 200; round++) turn(made, settingsFor(count))
  return positions(made.nodes)
}

test('two groups come to lie apart, their members together', () => {
  const group = (first: number): [number, number][] => [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].filter((b) => b > a).map((b): [number, number] => [first + a, first + b]))
  const places = arranged(8, [...group(0), ...group(4), [0, 4]])
  expect(distance(places, 1, 2)).toBeLessThan(distance(places, 1, 5) / 2)
})

test('no two nodes lie on each other, not even without any edge', () => {
  const places = arranged(30, [])
  for (let a = 0; a < 30; a++) for (let b = 0; b < a; b++) expect(distance(places, a, b)).toBeGreaterThan(1)
})

test('what was arranged stays where it was, what is new comes beside its neighbour', () => {
  const known = merged(nothing, { nodes: [nodeOf('old'), nodeOf('new'), nodeOf('far')], edges: [edgeOf('new', 'old')] })
  const made = spots(known, new Map([['old', [500, 500] as const]]))
  expect(made.get('old')).toEqual([500, 500])
  const [x, y] = made.get('new') ?? [0, 0]
  expect(Math.hypot(x - 500, y - 500)).toBeLessThan(50)
})

test('an edge from a node to itself pulls at nothing', () => {
  const known = merged(nothing, { nodes: [nodeOf('a')], edges: [edgeOf('a', 'a')] })
  expect(matrices(known, new Map()).edges.length).toBe(0)
})

test('every place is a number, also for nodes of one place', () => {
  const known = merged(nothing, { nodes: [nodeOf('a'), nodeOf('b')], edges: [edgeOf('a', 'b')] })
  const made = matrices(known, new Map([['a', [0, 0] as const], ['b', [0, 0] as const]]))
  turn(made, settingsFor(2))
  expect([...positions(made.nodes)].every(Number.isFinite)).toBe(true)
})

test.each([[10, 600], [1000, 600], [2000, 300], [5000, 120]])('%i nodes are given %i rounds', (count, rounds) => expect(roundsFor(count)).toBe(rounds))

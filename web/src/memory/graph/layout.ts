import iterate from 'graphology-layout-forceatlas2/iterate.js'
import type { Known } from './model'

/** ForceAtlas2 keeps so many numbers for a node and an edge. */
export const node_numbers = 10
const edge_numbers = 3
const golden_angle = Math.PI * (3 - Math.sqrt(5))
const spacing = 12

export type Spot = readonly [x: number, y: number]
export interface Matrices { ids: string[]; nodes: Float32Array; edges: Float32Array }

/** Where each node is before it is arranged: where it was, else by a neighbour that has a place, else on a spiral. */
export function spots(known: Known, places: ReadonlyMap<string, Spot>): Map<string, Spot> {
  const made = new Map<string, Spot>()
  for (const id of known.nodes.keys()) { const was = places.get(id); if (was) made.set(id, was) }
  const beside = new Map<string, Spot>()
  for (const { source, target } of known.edges.values()) {
    const [from, to] = [places.get(source), places.get(target)]
    if (from && !to) beside.set(target, from)
    else if (to && !from) beside.set(source, to)
  }
  let turn = 0
  for (const id of known.nodes.keys()) {
    if (made.has(id)) continue
    turn++
    const near = beside.get(id)
    const [away, angle] = [near ? spacing * 2 : spacing * Math.sqrt(turn), turn * golden_angle]
    made.set(id, [(near?.[0] ?? 0) + away * Math.cos(angle), (near?.[1] ?? 0) + away * Math.sin(angle)])
  }
  return made
}

/** The graph as the numbers that are worked on. */
export function matrices(known: Known, places: ReadonlyMap<string, Spot>): Matrices {
  const ids = [...known.nodes.keys()]
  const at = new Map(ids.map((id, index) => [id, index * node_numbers]))
  const start = spots(known, places)
  const nodes = new Float32Array(ids.length * node_numbers)
  const edges = new Float32Array(known.edges.size * edge_numbers)
  ids.forEach((id, index) => { const [x, y] = start.get(id) ?? [0, 0]; nodes.set([x, y, 0, 0, 0, 0, 1, 1, 1, 0], index * node_numbers) })
  let next = 0
  for (const { source, target, weight } of known.edges.values()) {
    const [from, to] = [at.get(source), at.get(target)]
    if (from === undefined || to === undefined || from === to) continue
    const pull = Math.max(0.1, Math.min(4, weight))
    for (const end of [from, to]) nodes[end + 6] = (nodes[end + 6] ?? 1) + pull
    edges.set([from, to, pull], next)
    next += edge_numbers
  }
  return { ids, nodes, edges: edges.subarray(0, next) }
}

const most_square = 400

/** Forces that suit a graph of so many nodes; the far ones are taken together once there are many. */
export const settingsFor = (count: number): Record<string, number | boolean> => ({
  linLogMode: false, outboundAttractionDistribution: false, adjustSizes: false, edgeWeightInfluence: 1, scalingRatio: 10, strongGravityMode: true, gravity: 0.05,
  slowDown: 1 + Math.log(Math.max(1, count)), barnesHutOptimize: count > most_square, barnesHutTheta: 0.7,
})

/** Where everything is now, two numbers a node. */
export function positions(nodes: Float32Array): Float32Array {
  const found = new Float32Array((nodes.length / node_numbers) * 2)
  for (let from = 0, to = 0; from < nodes.length; from += node_numbers, to += 2) { found[to] = nodes[from] ?? 0; found[to + 1] = nodes[from + 1] ?? 0 }
  return found
}

/** How many rounds a graph of so many nodes is given. */
export const roundsFor = (count: number): number => Math.max(120, Math.min(600, Math.round(600_000 / Math.max(1, count))))

export function turn({ nodes, edges }: Pick<Matrices, 'nodes' | 'edges'>, settings: Record<string, number | boolean>): void {
  iterate(settings, nodes, edges)
}


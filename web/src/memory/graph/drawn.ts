import { MultiDirectedGraph } from 'graphology'
import type Graph from 'graphology'
import { spots } from './layout'
import type { Known } from './model'

const least_size = 3
const most_size = 15

/** Nodes of a graph of so many are drawn whole; of more, the smaller the more they are. */
const roomy = 400

/** The more edges, the larger; in a crowd all are smaller. */
export function sizeOf(degree: number, count = 1): number {
  return Math.min(most_size, least_size + Math.sqrt(degree) * 1.15) * Math.min(1, Math.max(0.4, (roomy / count) ** 0.35))
}

export const emptyGraph = (): Graph => new MultiDirectedGraph()

/** Makes the drawn graph what is known; gives whether anything came or went. Nodes keep their places. */
export function draw(graph: Graph, known: Known): boolean {
  const places = new Map<string, readonly [number, number]>()
  graph.forEachNode((id, { x, y }) => places.set(id, [x as number, y as number]))
  const before = [graph.order, graph.size]
  let isChanged = false
  for (const id of graph.nodes()) if (!known.nodes.has(id)) { graph.dropNode(id); isChanged = true }
  for (const [id, [x, y]] of spots(known, places)) {
    const node = known.nodes.get(id)
    if (!node) continue
    const look = { label: node.name, kind: node.kind, size: sizeOf(node.degree, known.nodes.size) }
    if (graph.hasNode(id)) graph.mergeNodeAttributes(id, look)
    else graph.addNode(id, { x, y, ...look })
  }
  for (const key of graph.edges()) if (!known.edges.has(key)) graph.dropEdge(key)
  for (const [key, { source, target, weight }] of known.edges) if (!graph.hasEdge(key)) graph.addEdgeWithKey(key, source, target, { size: Math.min(3, 0.6 + weight * 0.25) })
  return isChanged || graph.order !== before[0] || graph.size !== before[1]
}

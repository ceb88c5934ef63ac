import type { GraphEdge, GraphNode, Subgraph } from '../api/types'

/** The part of the graph that this screen knows. */
export interface Known { nodes: ReadonlyMap<string, GraphNode>; edges: ReadonlyMap<string, GraphEdge> }

/** What is drawn at once at most. */
export const most_nodes = 5000
export const nothing: Known = { nodes: new Map(), edges: new Map() }

export const keyOf = ({ source, target, type }: Pick<GraphEdge, 'source' | 'target' | 'type'>): string => `${source}\n${target}\n${type}`

/** What is known with an answer added; nodes past the most that is drawn are left out, with their edges. */
export function merged(known: Known, { nodes, edges }: Pick<Subgraph, 'nodes' | 'edges'>, most = most_nodes): Known {
  const all = new Map(known.nodes)
  for (const node of nodes) if (all.has(node.id) || all.size < most) all.set(node.id, node)
  const kept = new Map(known.edges)
  for (const edge of edges) if (all.has(edge.source) && all.has(edge.target)) kept.set(keyOf(edge), edge)
  return { nodes: all, edges: kept }
}

/** What is known without a node and its edges. */
export function without(known: Known, id: string): Known {
  const nodes = new Map(known.nodes)
  nodes.delete(id)
  return { nodes, edges: new Map([...known.edges].filter(([, { source, target }]) => source !== id && target !== id)) }
}

export interface Neighbour { node: GraphNode; edge: GraphEdge; isOut: boolean }

/** The known neighbours of a node, the heaviest edges first. */
export function neighboursOf({ nodes, edges }: Known, id: string): Neighbour[] {
  const found: Neighbour[] = []
  for (const edge of edges.values()) {
    if (edge.source !== id && edge.target !== id) continue
    const isOut = edge.source === id
    const node = nodes.get(isOut ? edge.target : edge.source)
    if (node) found.push({ node, edge, isOut })
  }
  return found.sort((a, b) => b.edge.weight - a.edge.weight || a.node.name.localeCompare(b.node.name))
}

/** How many nodes of each kind there are, the most first. */
export function kindsOf({ nodes }: Known): [string, number][] {
  const counts = new Map<string, number>()
  for (const { kind } of nodes.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
}

/** The nodes that a list shows: of shown kinds, with all words in their name, the best connected first. */
export function listed({ nodes }: Known, hidden: ReadonlySet<string>, text = ''): GraphNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return [...nodes.values()]
    .filter(({ kind, name }) => !hidden.has(kind) && words.every((word) => name.toLowerCase().includes(word)))
    .sort((a, b) => b.degree - a.degree || a.name.localeCompare(b.name))
}

/** A way through the graph as one reads it: node, edge, node, with the direction of each edge. */
export interface Step { node: GraphNode; edge: GraphEdge | null; isForward: boolean }

/** The steps of a path whose nodes are in order. */
export function stepsOf({ nodes, edges }: Pick<Subgraph, 'nodes' | 'edges'>): Step[] {
  return nodes.map((node, index) => {
    const before = nodes[index - 1]
    const edge = before && edges.find(({ source, target }) => (source === before.id && target === node.id) || (source === node.id && target === before.id))
    return { node, edge: edge ?? null, isForward: edge?.target === node.id }
  })
}

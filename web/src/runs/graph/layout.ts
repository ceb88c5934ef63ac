/**
 * A small layered layout (after Sugiyama): every task stands one column after the last that it waits for, the rows of a
 * column are ordered by the middle of what they are tied to, and long edges keep a row of their own where they pass.
 */

export interface GraphNode { key: string; depends_on: readonly string[] }
export interface Placed { key: string; layer: number; x: number; y: number }
export interface Edge { from: string; to: string; points: { x: number; y: number }[] }
export interface Layout { nodes: Placed[]; edges: Edge[]; width: number; height: number }
export interface Measures { width: number; height: number; gap_x: number; gap_y: number }

export const measures: Measures = { width: 208, height: 76, gap_x: 56, gap_y: 18 }
/** The room of a passing edge, as a share of a node's. */
const passing = 0.4
const sweeps = 4

/** A task, or the place where an edge passes through a column. */
interface Slot { id: string; key: string | null; before: Slot[]; after: Slot[]; at: number }

/** The columns of tasks by key. What waits for something unknown, or in a circle for itself, does not wait. */
export function layersOf(nodes: readonly GraphNode[]): Map<string, number> {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const layers = new Map<string, number>()
  const open = new Set<string>()
  const layer = (key: string): number => {
    const known = layers.get(key)
    if (known !== undefined) return known
    open.add(key)
    const before = (byKey.get(key)?.depends_on ?? []).filter((other) => byKey.has(other) && !open.has(other))
    const found = before.reduce((most, other) => Math.max(most, layer(other) + 1), 0)
    open.delete(key)
    layers.set(key, found)
    return found
  }
  nodes.forEach(({ key }) => layer(key))
  return layers
}

/** Where every task stands and how the edges run. */
export function layout(nodes: readonly GraphNode[], size: Measures = measures): Layout {
  const layers = layersOf(nodes)
  const columns = Array.from({ length: Math.max(0, ...layers.values()) + (nodes.length > 0 ? 1 : 0) }, (): Slot[] => [])
  const slots = new Map<string, Slot>()
  for (const { key } of nodes) {
    const slot: Slot = { id: key, key, before: [], after: [], at: 0 }
    slots.set(key, slot)
    columns[layers.get(key) ?? 0]?.push(slot)
  }
  const paths = nodes.flatMap((node) => node.depends_on.flatMap((from) => pathOf(from, node.key, layers, slots, columns)))
  order(columns)
  const height = place(columns, size)
  const x = (column: number) => column * (size.width + size.gap_x)
  const spot = new Map(columns.flatMap((column, index) => column.map((slot) => [slot, { x: x(index), y: slot.at }] as const)))
  return {
    nodes: nodes.map(({ key }) => ({ key, layer: layers.get(key) ?? 0, ...spotOf(spot, slots.get(key)) })),
    edges: paths.map(({ from, to, path }) => ({ from, to, points: pointsOf(path.map((slot) => spotOf(spot, slot)), size) })),
    width: columns.length === 0 ? 0 : x(columns.length - 1) + size.width, height,
  }
}

type Path = { from: string; to: string; path: Slot[] }

/** Ties two tasks, through a slot in every column between; nothing for what does not lead onward. */
function pathOf(from: string, to: string, layers: Map<string, number>, slots: Map<string, Slot>, columns: Slot[][]): Path[] {
  const [start, end] = [slots.get(from), slots.get(to)]
  const [first, last] = [layers.get(from) ?? 0, layers.get(to) ?? 0]
  if (!start || !end || first >= last) return []
  const path = [start]
  for (let column = first + 1; column < last; column++) {
    const slot: Slot = { id: `${from} ${to} ${column}`, key: null, before: [], after: [], at: 0 }
    columns[column]?.push(slot)
    path.push(slot)
  }
  path.push(end)
  path.forEach((slot, index) => { const next = path[index + 1]; if (next) { slot.after.push(next); next.before.push(slot) } })
  return [{ from, to, path }]
}

/** Orders each column by the middle of its neighbours, forth and back. */
function order(columns: Slot[][]): void {
  const number = () => columns.forEach((column) => column.forEach((slot, index) => { slot.at = index }))
  number()
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForth = sweep % 2 === 0
    for (const column of isForth ? columns : [...columns].reverse()) {
      const middle = new Map(column.map((slot) => [slot, middleOf(isForth ? slot.before : slot.after, slot.at)]))
      column.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0))
      column.forEach((slot, index) => { slot.at = index })
    }
  }
}

const middleOf = (slots: readonly Slot[], otherwise: number): number => (slots.length === 0 ? otherwise : slots.reduce((sum, slot) => sum + slot.at, 0) / slots.length)

/** Gives every slot its top; columns stand around one middle line. Returns the height of all. */
function place(columns: Slot[][], size: Measures): number {
  const room = (slot: Slot) => (slot.key === null ? size.height * passing : size.height)
  const heights = columns.map((column) => column.reduce((sum, slot) => sum + room(slot), 0) + Math.max(0, column.length - 1) * size.gap_y)
  const height = Math.max(0, ...heights)
  columns.forEach((column, index) => {
    let top = (height - (heights[index] ?? 0)) / 2
    for (const slot of column) {
      slot.at = slot.key === null ? top + room(slot) / 2 - size.height / 2 : top
      top += room(slot) + size.gap_y
    }
  })
  return height
}

const spotOf = (spot: Map<Slot, { x: number; y: number }>, slot: Slot | undefined): { x: number; y: number } => (slot && spot.get(slot)) ?? { x: 0, y: 0 }

/** From the right edge of the first to the left edge of the last, across the middle of what it passes. */
function pointsOf(path: { x: number; y: number }[], { width, height }: Measures): { x: number; y: number }[] {
  const middle = height / 2
  return path.flatMap(({ x, y }, index) => {
    if (index === 0) return [{ x: x + width, y: y + middle }]
    if (index === path.length - 1) return [{ x, y: y + middle }]
    return [{ x, y: y + middle }, { x: x + width, y: y + middle }]
  })
}

/** The points as a path of soft bends. */
export function curve(points: readonly { x: number; y: number }[]): string {
  return points.map((point, index) => {
    const before = points[index - 1]
    if (!before) return `M${point.x} ${point.y}`
    if (before.y === point.y) return `H${point.x}`
    const middle = (before.x + point.x) / 2
    return `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
  }).join('')
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/** The task that an arrow key leads to: along an edge sideways, else the nearest of the column; null at the rim. */
export function neighbour({ nodes, edges }: Layout, from: string, way: Direction): string | null {
  const here = nodes.find(({ key }) => key === from)
  if (!here) return null
  const isBeside = way === 'left' || way === 'right'
  const tied = edges.flatMap((edge) => (way === 'right' && edge.from === from ? [edge.to] : way === 'left' && edge.to === from ? [edge.from] : []))
  const column = nodes.filter(({ layer }) => layer === here.layer + (way === 'left' ? -1 : way === 'right' ? 1 : 0))
  const choice = isBeside ? (tied.length > 0 ? nodes.filter(({ key }) => tied.includes(key)) : column) : column.filter(({ y }) => (way === 'up' ? y < here.y : y > here.y))
  const far = ({ layer, y }: Placed) => Math.abs(layer - here.layer) * 1e6 + Math.abs(y - here.y)
  return [...choice].sort((one, other) => far(one) - far(other))[0]?.key ?? null
}

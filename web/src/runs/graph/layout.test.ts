import { describe, expect, test } from 'vitest'
import { curve, layersOf, layout, measures, neighbour, type GraphNode } from './layout'

const node = (key: string, ...depends_on: string[]): GraphNode => ({ key, depends_on })
const diamond = [node('read'), node('arq', 'read'), node('taskiq', 'read'), node('table', 'arq', 'taskiq'), node('report', 'table', 'read')]

describe('layers', () => {
  test('a task stands after the last that it waits for', () => {
    expect(Object.fromEntries(layersOf(diamond))).toEqual({ read: 0, arq: 1, taskiq: 1, table: 2, report: 3 })
  })

  test('a circle or an unknown name holds nothing up', () => {
    const layers = layersOf([node('a', 'b'), node('b', 'a'), node('c', 'nobody')])
    expect([...layers.values()].every((layer) => layer <= 1)).toBe(true)
    expect(layers.get('c')).toBe(0)
  })
})

describe('layout', () => {
  const placed = layout(diamond)
  const at = (key: string) => placed.nodes.find((item) => item.key === key) ?? { x: NaN, y: NaN }

  test('parallel tasks stand in one column without touching', () => {
    expect(at('arq').x).toBe(at('taskiq').x)
    expect(Math.abs(at('arq').y - at('taskiq').y)).toBeGreaterThanOrEqual(measures.height)
  })

  test('everything is within the bounds', () => {
    for (const { x, y } of placed.nodes) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(x + measures.width).toBeLessThanOrEqual(placed.width)
      expect(y + measures.height).toBeLessThanOrEqual(placed.height)
    }
  })

  test('a long edge passes beside the tasks between, not through them', () => {
    const long = placed.edges.find(({ from, to }) => from === 'read' && to === 'report')
    for (const { x, y } of long?.points.slice(1, -1) ?? []) {
      const hit = placed.nodes.find((item) => x >= item.x && x <= item.x + measures.width && y > item.y && y < item.y + measures.height)
      expect(hit).toBeUndefined()
    }
    expect(long?.points).toHaveLength(6)
  })

  test('edges begin at the right of one and end at the left of the other', () => {
    const edge = placed.edges.find(({ from, to }) => from === 'read' && to === 'arq')
    expect(edge?.points[0]).toEqual({ x: at('read').x + measures.width, y: at('read').y + measures.height / 2 })
    expect(edge?.points.at(-1)).toEqual({ x: at('arq').x, y: at('arq').y + measures.height / 2 })
    expect(curve(edge?.points ?? [])).toMatch(/^M\d/)
  })

  test('columns are ordered so that straight lines do not cross', () => {
    const { nodes } = layout([node('a'), node('b'), node('c', 'b'), node('d', 'a')])
    const y = (key: string) => nodes.find((item) => item.key === key)?.y ?? NaN
    expect(y('a') < y('b')).toBe(y('d') < y('c'))
  })

  test('nothing makes an empty drawing', () => expect(layout([])).toEqual({ nodes: [], edges: [], width: 0, height: 0 }))

  test('five hundred tasks in a chain are laid out', () => {
    const chain = Array.from({ length: 500 }, (_, index) => node(`t${index}`, ...(index === 0 ? [] : [`t${index - 1}`])))
    expect(layout(chain).nodes.at(-1)?.layer).toBe(499)
  })
})

describe('walking with the arrow keys', () => {
  const placed = layout(diamond)

  test('right and left follow the edges', () => {
    expect(['arq', 'taskiq']).toContain(neighbour(placed, 'read', 'right'))
    expect(neighbour(placed, 'table', 'right')).toBe('report')
    expect(neighbour(placed, 'arq', 'left')).toBe('read')
  })

  test('up and down stay in the column, and stop at its ends', () => {
    const [top, bottom] = ['arq', 'taskiq'].sort((one, other) => (placed.nodes.find(({ key }) => key === one)?.y ?? 0) - (placed.nodes.find(({ key }) => key === other)?.y ?? 0)) as [string, string]
    expect(neighbour(placed, top, 'down')).toBe(bottom)
    expect(neighbour(placed, top, 'up')).toBeNull()
    expect(neighbour(placed, 'report', 'right')).toBeNull()
  })
})

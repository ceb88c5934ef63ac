import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { curve, layout, measures, neighbour, type Direction, type GraphNode } from './layout'
import './graph.css'

interface Props<Node extends GraphNode> {
  label: string
  nodes: readonly Node[]
  selected: string | null
  onSelect: (key: string) => void
  /** The inside of a node's box. */
  children: (node: Node) => ReactNode
  /** How a node looks: its state, and the hue of its agent. */
  lookOf: (node: Node) => { status: string; hue: number }
}

const ways: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }
const margin_px = 16

/** A graph of what waits for what, read from left to right. One tab stop; the arrow keys walk along its edges. */
export function Graph<Node extends GraphNode>({ label, nodes, selected, onSelect, children, lookOf }: Props<Node>): ReactNode {
  const t = useT('plans')
  const box = useRef<HTMLDivElement>(null)
  // States change often, the form of the graph seldom.
  const shape = JSON.stringify(nodes.map(({ key, depends_on }) => [key, depends_on]))
  const placed = useMemo(() => layout(nodes), [shape])
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const stop = selected !== null && byKey.has(selected) ? selected : nodes[0]?.key
  const walk = (event: KeyboardEvent, from: string) => {
    const way = ways[event.key]
    const to = way && neighbour(placed, from, way)
    if (way) event.preventDefault()
    if (to) box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(to)}"]`)?.focus()
  }
  return (
    <div className="graph" role="region" aria-label={label}>
      <div ref={box} className="graph-area" style={{ '--graph-w': `${placed.width + 2 * margin_px}px`, '--graph-h': `${placed.height + 2 * margin_px}px` }}>
        <svg className="graph-edges" aria-hidden="true" width={placed.width + 2 * margin_px} height={placed.height + 2 * margin_px}>
          <g transform={`translate(${margin_px} ${margin_px})`}>
            {placed.edges.map(({ from, to, points }) => {
              const [source, target] = [byKey.get(from), byKey.get(to)]
              return <path key={`${from} ${to}`} d={curve(points)} data-from={source && lookOf(source).status} data-near={from === selected || to === selected || undefined} data-to={target && lookOf(target).status} />
            })}
          </g>
        </svg>
        {placed.nodes.map(({ key, x, y }) => {
          const node = byKey.get(key)
          if (!node) return null
          const { status, hue } = lookOf(node)
          return (
            <button
              key={key} type="button" data-key={key} className="graph-node" data-status={status} aria-pressed={key === selected} tabIndex={key === stop ? 0 : -1} onClick={() => onSelect(key)} onKeyDown={(event) => walk(event, key)}
              style={{ '--x': `${x + margin_px}px`, '--y': `${y + margin_px}px`, '--node-w': `${measures.width}px`, '--node-h': `${measures.height}px`, '--h': hue }}
            >
              {children(node)}
              {node.depends_on.length > 0 && <span className="sr-only">{t('after', { tasks: node.depends_on.join(', ') })}</span>}
            </button>
          )
        })}
      </div>
    </div>
  )
}

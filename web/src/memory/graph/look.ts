import type { Settings } from 'sigma/settings'
import type { Palette } from './colours'
import type { Known } from './model'

/** What the person has chosen to see. */
export interface View { hidden: ReadonlySet<string>; chosen: string | null; hovered: string | null; path: ReadonlySet<string>; pathEdges: ReadonlySet<string> }

interface NodeData { x?: number; y?: number; size?: number; label?: string; kind?: string }

/** Whether a node stands out: chosen, beside the chosen one, or on the shown path; null when nothing does. */
export function standsOut(known: Known, view: View): ((id: string) => boolean) | null {
  const centre = view.hovered ?? view.chosen
  if (view.path.size > 0 && view.hovered === null) return (id) => view.path.has(id)
  if (centre === null) return null
  const near = new Set([centre])
  for (const { source, target } of known.edges.values()) {
    if (source === centre) near.add(target)
    else if (target === centre) near.add(source)
  }
  return (id) => near.has(id)
}

/** Names are cut to what fits beside a node; the details have them whole. */
const most_letters = 36
const short = (name: string): string => (name.length > most_letters ? `${name.slice(0, most_letters).trimEnd()}…` : name)

/** Few nodes all have their names beside them; of many only the large ones have. */
const few_nodes = 80
export const labelling = (nodes: number): Pick<Settings, 'labelDensity' | 'labelRenderedSizeThreshold'> => (nodes <= few_nodes
  ? { labelDensity: 8, labelRenderedSizeThreshold: 0 }
  : { labelDensity: 0.5, labelRenderedSizeThreshold: 5 })

/** How each node and edge is drawn for a view. */
export function reducers(known: Known, view: View, palette: Palette): Pick<Settings, 'nodeReducer' | 'edgeReducer'> {
  const isNear = standsOut(known, view)
  const centre = view.hovered ?? view.chosen
  return {
    nodeReducer: (id, data: NodeData) => {
      const kind = data.kind ?? ''
      const isFar = isNear !== null && !isNear(id)
      return {
        ...data, hidden: view.hidden.has(kind), color: isFar ? palette.dim : palette.node(kind), label: isFar ? '' : short(data.label ?? ''), zIndex: isFar ? 0 : 1,
        highlighted: id === view.chosen, forceLabel: id === centre || view.path.has(id),
      }
    },
    edgeReducer: (key, data: { size?: number }) => {
      const edge = known.edges.get(key)
      if (!edge) return { hidden: true }
      const isHidden = [edge.source, edge.target].some((id) => view.hidden.has(known.nodes.get(id)?.kind ?? ''))
      const isOn = view.pathEdges.has(key) || (view.path.size === 0 && centre !== null && (edge.source === centre || edge.target === centre))
      return { ...data, hidden: isHidden, color: isOn ? palette.strong : palette.edge, size: isOn ? Math.max(1.2, data.size ?? 1) : data.size ?? 1, zIndex: isOn ? 1 : 0 }
    },
  }
}

import type Graph from 'graphology'
import { matrices, type Spot } from './layout'
import type { Task, Told } from './layout.worker'
import type { Known } from './model'

/** The page rests so many times as long as it took to draw all anew, so that a large graph does not hold it up. */
const rest_share = 4

/** Arranges a drawn graph in a worker and moves its nodes as it is told; gives what ends it. */
export function arrange(known: Known, graph: Graph, isQuiet: boolean, onDone: () => void): () => void {
  const places = new Map<string, Spot>()
  graph.forEachNode((id, { x, y }) => places.set(id, [x as number, y as number]))
  const { ids, nodes, edges } = matrices(known, places)
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  const order = new Map(ids.map((id, index) => [id, index * 2]))
  let told: Told | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let isResting = false
  const move = () => {
    isResting = false
    const latest = told
    if (latest === null) return
    told = null
    const began = performance.now()
    graph.updateEachNodeAttributes((id, attributes) => {
      const at = order.get(id)
      return at === undefined ? attributes : { ...attributes, x: latest.places[at], y: latest.places[at + 1] }
    }, { attributes: ['x', 'y'] })
    if (latest.isDone) { worker.terminate(); onDone(); return }
    isResting = true
    // It is drawn in the next frame; what is told until the rest is over takes the place of what was told before.
    requestAnimationFrame(() => { if (isResting) timer = setTimeout(move, (performance.now() - began) * rest_share) })
  }
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    const isWaiting = told !== null || isResting
    told = data
    if (!isWaiting || data.isDone) { clearTimeout(timer); timer = setTimeout(move) }
  }
  worker.postMessage({ nodes, edges, isQuiet } satisfies Task)
  return () => { clearTimeout(timer); told = null; isResting = false; worker.terminate() }
}

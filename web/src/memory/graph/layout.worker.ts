import { positions, roundsFor, settingsFor, turn, node_numbers } from './layout'

/** What the worker is given; `isQuiet` has it tell nothing before the end. */
export interface Task { nodes: Float32Array; edges: Float32Array; isQuiet: boolean }
export interface Told { places: Float32Array; isDone: boolean }

/** As often as the page is told where everything is. */
const tell_ms = 160
/** A graph that will not come to rest is left as it is. */
const longest_ms = 12_000

const tell = (nodes: Float32Array, isDone: boolean) => { const places = positions(nodes); self.postMessage({ places, isDone } satisfies Told, { transfer: [places.buffer] }) }

self.onmessage = ({ data: { nodes, edges, isQuiet } }: MessageEvent<Task>) => {
  const count = nodes.length / node_numbers
  const [rounds, settings] = [roundsFor(count), settingsFor(count)]
  const began = performance.now()
  let told = began
  for (let round = 0; round < rounds && performance.now() - began < longest_ms; round++) {
    turn({ nodes, edges }, settings)
    if (!isQuiet && performance.now() - told > tell_ms) { tell(nodes, false); told = performance.now() }
  }
  tell(nodes, true)
}

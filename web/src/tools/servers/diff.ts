import { diffLines, type Diff } from '@/artifacts/diff/lines'
import type { Pin } from '../api/servers'

/** A definition as text in a steady order, so that only what really changed differs. */
export function definitionText(value: unknown): string {
  return value === null || value === undefined ? '' : JSON.stringify(sorted(value), null, 2).replace(/\\n/g, '\n    ')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)).map(([name, item]) => [name, sorted(item)]))
}

/** What a person reads first stands first. */
const first = ['name', 'title', 'description']
const rank = (name: string): number => (first.indexOf(name) + first.length + 1) % (first.length + 1)

export const pinDiff = (pin: Pin): Diff => diffLines(definitionText(pin.before), definitionText(pin.after))

/** Those that wait for a yes. */
export const waitingPins = (pins: readonly Pin[]): Pin[] => pins.filter(({ state }) => state === 'new' || state === 'changed')

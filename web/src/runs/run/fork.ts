import type { Fork, Step } from '../api/types'
import { prettyOf } from '../parts/pretty'

/** How a run goes on otherwise: the step is done again, or what one call gave is replaced and the run goes on after it. */
export type Change = 'again' | 'prompt' | 'result' | 'note'
export interface ForkForm { at: number; change: Change; text: string; agent: string; model: string }

export const changesFor = (step: Step | undefined): Change[] => (step?.kind === 'tool' ? ['again', 'result', 'note', 'prompt'] : ['again', 'note', 'prompt'])
/** What the text field begins with. */
export const textFor = (change: Change, step: Step | undefined, prompt: string): string => (change === 'result' ? prettyOf(step?.output) : change === 'prompt' ? prompt : '')

export const startOf = (steps: readonly Step[], at: number | undefined): ForkForm => ({ at: at ?? steps.at(-1)?.ordinal ?? 0, change: 'again', text: '', agent: '', model: '' })

/** What is missing before it can be sent. */
export const isWhole = ({ change, text }: ForkForm): boolean => change === 'again' || text.trim() !== ''

/** What goes over the wire. Steps before `at` are kept: a replaced result is one of them, a new prompt keeps none. */
export function toFork({ at, change, text, agent, model }: ForkForm, steps: readonly Step[]): Fork {
  const more = { ...(agent !== '' && { agent }), ...(model !== '' && { model }) }
  const call = steps.find(({ ordinal }) => ordinal === at)?.tool_call_id ?? null
  if (change === 'prompt') return { at: steps[0]?.ordinal ?? 0, text, ...more }
  if (change === 'note') return { at, note: text, ...more }
  if (change === 'result' && call !== null) return { at: at + 1, result: { tool_call_id: call, text }, ...more }
  return { at, ...more }
}

import type { JsonNodes } from './scan'

/** What the page asks of the worker: to understand a text, which comes first and once, and to write parts of it out. */
export type TreeAsked =
  | { ask: 'open'; text: string; isLines: boolean }
  | { ask: 'format'; from: number; to: number; isWhole: boolean }

export type TreeAnswer = { is: 'tree'; nodes: JsonNodes } | { is: 'broken'; why: string } | { is: 'formatted'; text: string }

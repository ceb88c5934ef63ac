import { toMs, toUsd, type Session } from '../api/types'

export interface Delta { left: number; right: number; /** Right against left, as a share; null when there is nothing to compare with. */ change: number | null }

export const delta = (left: number, right: number): Delta => ({ left, right, change: left === 0 ? (right === 0 ? 0 : null) : (right - left) / left })

export type Measure = 'lasted' | 'events' | 'tools' | 'errors' | 'denied' | 'agents' | 'tokensIn' | 'tokensOut' | 'cost'

const measures: Record<Measure, (session: Session) => number> = {
  lasted: (session) => toMs(session.ended_at ?? session.last_at) - toMs(session.started_at), events: (session) => session.events, tools: (session) => session.tool_calls,
  errors: (session) => session.errors, denied: (session) => session.denied, agents: (session) => session.agents, tokensIn: (session) => session.input_tokens,
  tokensOut: (session) => session.output_tokens, cost: (session) => toUsd(session.cost_usd),
}

/** Both sessions' sums side by side. */
export function deltas(left: Session, right: Session): (Delta & { measure: Measure })[] {
  return (Object.keys(measures) as Measure[]).map((measure) => ({ measure, ...delta(measures[measure](left), measures[measure](right)) }))
}

import { useCallback } from 'react'
import { useAgents } from '@/lib/queries'

const default_hues: Record<string, number> = { orchestrator: 265, universal: 230, architect: 205, coder: 150, researcher: 35, tester: 330, operator: 95 }

/** The hue of each agent by name; agents that are gone get one from their name. */
export function useHue(): (name: string) => number {
  const agents = useAgents().data
  return useCallback((name: string) => agents?.find((agent) => agent.name === name)?.hue ?? default_hues[name] ?? hash(name) % 360, [agents])
}

function hash(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7)
}

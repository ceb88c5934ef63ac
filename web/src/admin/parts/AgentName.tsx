import type { CSSProperties, ReactNode } from 'react'
import { useAgents } from '@/lib/queries'

/** An agent's name with its hue; grey when the agent is no more. */
export function AgentName({ name, hue }: { name: string; hue?: number | undefined }): ReactNode {
  const found = useAgents().data?.find((agent) => agent.name === name)?.hue
  const shown = hue ?? found
  return (
    <span className="agent-name">
      <span
        className="hue-dot"
        style={shown === undefined ? { background: 'var(--line-strong)' } : ({ '--h': shown } as CSSProperties)}
      />
      <b>{name}</b>
    </span>
  )
}

import { useAgents } from '@/lib/queries'

/**
 * The text again, under the transparent text of the box: it colours a leading @agent, and its height is what makes the
 * box grow.
 */
export function Highlighted({ text }: { text: string }) {
  const agents = useAgents().data ?? []
  const name = /^\s*@([a-z][\w-]*)/.exec(text)?.[1]
  const agent = agents.find((item) => item.name === name)
  const end = agent && name !== undefined ? text.indexOf('@') + name.length + 1 : 0
  return (
    <div className="composer-mirror" aria-hidden="true">
      {agent && <span className="hue" style={{ '--h': agent.hue }}>{text.slice(0, end)}</span>}
      {text.slice(end)}{'\n'}
    </div>
  )
}

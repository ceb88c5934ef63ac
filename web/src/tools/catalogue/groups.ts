import type { Tool } from '../api/tools'

export interface Group { origin: string; kind: 'builtin' | 'agent' | 'mcp' | 'service' | 'other'; name: string; tools: Tool[] }

const order: readonly Group['kind'][] = ['builtin', 'agent', 'mcp', 'service', 'other']

/** Where a tool comes from, taken apart: `mcp:github` is the server github. */
export function originOf(origin: string): Pick<Group, 'kind' | 'name'> {
  if (origin === 'builtin') return { kind: 'builtin', name: '' }
  const [kind = '', ...rest] = origin.split(':')
  const name = rest.join(':')
  return kind === 'mcp' || kind === 'service' || kind === 'agent' ? { kind, name } : { kind: 'other', name: origin }
}

/** Tools by where they come from: our own first, then servers and services by name. */
export function grouped(tools: readonly Tool[]): Group[] {
  const groups = new Map<string, Group>()
  for (const tool of tools) {
    const group = groups.get(tool.origin) ?? { origin: tool.origin, ...originOf(tool.origin), tools: [] }
    group.tools.push(tool)
    groups.set(tool.origin, group)
  }
  for (const group of groups.values()) group.tools.sort((a, b) => a.name.localeCompare(b.name))
  return [...groups.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name))
}

export type Narrowing = 'all' | 'ask' | 'deny' | 'trouble'

/** The tools that hold every word, and that are of the wanted sort. */
export function narrowed(tools: readonly Tool[], query: string, sort: Narrowing): Tool[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const wanted = (tool: Tool): boolean => {
    if (sort === 'ask' || sort === 'deny') return tool.grant === sort
    return sort !== 'trouble' || tool.state !== 'ready' || tool.errors_24h > 0
  }
  return tools.filter((tool) => {
    const text = `${tool.name} ${tool.title ?? ''} ${tool.description}`.toLowerCase()
    return wanted(tool) && words.every((word) => text.includes(word))
  })
}

/** A tool's name without the server before it, for a list that names the server already. */
export const shortName = ({ name, origin }: Pick<Tool, 'name' | 'origin'>): string => {
  const { kind, name: server } = originOf(origin)
  return (kind === 'mcp' || kind === 'service') && name.startsWith(`${server}.`) ? name.slice(server.length + 1) : name
}

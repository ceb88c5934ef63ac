import type { GraphNode } from '../api/types'

interface Place { to: string; search?: Record<string, string> }

/** Where the thing behind a node is shown, by the id it has in the graph; null when nowhere. */
export function linkOf({ id, name }: Pick<GraphNode, 'id' | 'name'>): Place | null {
  const [kind = '', ...rest] = id.split(':')
  const own = rest.join(':')
  if (own === '') return null
  if (kind === 'document') return { to: `/memory/documents/${encodeURIComponent(own)}` }
  if (kind === 'session') return { to: `/chat/${encodeURIComponent(own)}` }
  if (kind === 'tool') return { to: '/tools/catalogue', search: { tool: own } }
  if (kind === 'agent') return { to: '/settings/agents' }
  if (kind === 'memory' || kind === 'concept') return { to: '/memory/search', search: { q: name } }
  return null
}

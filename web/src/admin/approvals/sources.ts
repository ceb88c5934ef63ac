import type { Approval } from '@/lib/types'

/** Callers of our own that are no conversation: the API, MCP clients, the terminal. */
export const callers = ['api', 'mcp', 'cli'] as const
export type Caller = (typeof callers)[number]

export const isCaller = (app: string | null): app is Caller => (callers as readonly (string | null)[]).includes(app)

/** Where a call came from: one's own team, a caller of ours, or an outside agent by its name. */
export const sourceOf = ({ app }: Pick<Approval, 'app'>): string => app ?? 'team'

/** The agent that asks; none where a caller or an outside program asks by itself. */
export const agentOf = ({ agent, app }: Pick<Approval, 'agent' | 'app'>): string | null => (agent === '' || agent === app ? null : agent)

/** A yes can be kept as a grant for all but outside agents, which have grants of their own. */
export const canRemember = ({ app, kind }: Pick<Approval, 'app' | 'kind'>): boolean => kind === 'approval' && (app === null || isCaller(app))

/** How many wait from each source, the most first. */
export function counted(items: readonly Approval[]): { source: string; n: number }[] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(sourceOf(item), (counts.get(sourceOf(item)) ?? 0) + 1)
  return [...counts].map(([source, n]) => ({ source, n })).sort((a, b) => b.n - a.n || a.source.localeCompare(b.source))
}

/** Where the arguments can be seen in their place: the chat, or the session of an outside agent; null for calls that have neither. */
export function placeOf({ app, chat_id, session_id }: Pick<Approval, 'app' | 'chat_id' | 'session_id'>): { to: string; isSession: boolean } | null {
  if (app === null) return chat_id === '' ? null : { to: `/chat/${chat_id}`, isSession: false }
  if (isCaller(app) || session_id === null || session_id === '') return null
  return { to: `/observe/sessions/${encodeURIComponent(app)}/${encodeURIComponent(session_id)}`, isSession: true }
}

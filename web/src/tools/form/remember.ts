import type { Approval, Decision } from '@/lib/types'

/** What of a yes is kept: nothing, this tool for who asks, this tool for all, or all tools of its server for who asks. */
export type Memory = 'once' | 'who' | 'everyone' | 'server'

/** `github.*` for a tool of github; null for a tool that stands alone. */
export const serverGlob = (tool: string): string | null => (/^[^.]+\../.test(tool) ? `${tool.split('.')[0]}.*` : null)

export const memories = ({ tool }: Pick<Approval, 'tool'>): Memory[] => ['once', 'who', 'everyone', ...(serverGlob(tool) === null ? [] : ['server' as const])]

/** The part of a decision that says what to remember. */
export function remembered(memory: Memory, tool: string): Pick<Decision, 'remember' | 'remember_for' | 'remember_tool'> {
  const glob = serverGlob(tool)
  switch (memory) {
    case 'once': return {}
    case 'who': return { remember: true }
    case 'everyone': return { remember: true, remember_for: 'everyone' }
    case 'server': return { remember: true, ...(glob !== null && { remember_tool: glob }) }
  }
}

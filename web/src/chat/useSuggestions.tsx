import { useEffect, useState, type KeyboardEvent } from 'react'
import { fuzzy } from '@/lib/fuzzy'
import { useAgents } from '@/lib/queries'
import type { Command } from './useCommands'
import type { Suggestion } from './ComposerMenu'

interface Options { text: string; caret: number; setText: (text: string, caret?: number) => void; commands: Command[] }
type Kind = 'agents' | 'commands'

const most_shown = 9

/** What the box suggests at the caret: agents after `@`, commands when the text is a `/word`. */
export function useSuggestions({ text, caret, setText, commands }: Options) {
  const agents = useAgents().data ?? []
  const [active, setActive] = useState(0)
  const [closedAt, setClosedAt] = useState<string | null>(null)
  const before = text.slice(0, caret)
  const mention = /(?:^|\s)@([\w-]*)$/.exec(before)?.[1]
  const command = /^\/([\w-]*)$/.exec(text)?.[1]
  const kind: Kind | null = command !== undefined ? 'commands' : mention !== undefined ? 'agents' : null
  const query = command ?? mention ?? ''
  useEffect(() => setActive(0), [kind, query])

  const agentItems = (): Suggestion[] => fuzzy(query, agents.filter((agent) => agent.status === 'active'), (agent) => agent.name).map((agent) => ({
    id: agent.id, label: <span className="hue" style={{ '--h': agent.hue }}>@{agent.name}</span>, detail: agent.role,
    pick: () => {
      const start = caret - query.length - 1
      const after = text.slice(caret)
      const head = `${text.slice(0, start)}@${agent.name} `
      setText(head + after.trimStart(), head.length)
    },
  }))
  const commandItems = (): Suggestion[] => fuzzy(query, commands, (item) => `${item.id} ${item.label}`).map((item) => ({
    id: item.id, label: <b className="mono">/{item.id}</b>, detail: item.label, icon: item.icon, pick: () => { setText('', 0); item.run() },
  }))
  const items = (kind === 'agents' ? agentItems() : kind === 'commands' ? commandItems() : []).slice(0, most_shown)
  const isOpen = items.length > 0 && closedAt !== text

  /** True when the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.nativeEvent.isComposing) return false
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined) setActive((active + step + items.length) % items.length)
    else if (event.key === 'Enter' || event.key === 'Tab') items[active]?.pick()
    else if (event.key === 'Escape') setClosedAt(text)
    else return false
    event.preventDefault()
    return true
  }

  return { kind, items, active: Math.min(active, items.length - 1), setActive, isOpen, onKey }
}

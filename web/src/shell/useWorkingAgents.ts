import { useEffect, useState } from 'react'
import { live } from '@/lib/live'
import type { Chat } from '@/lib/types'

/** Names of the agents with a run under way, as far as this page has heard. */
export function useWorkingAgents(chats: Chat[]): ReadonlySet<string> {
  const [runs, setRuns] = useState<ReadonlyMap<string, string>>(new Map())
  const isQuiet = !chats.some((chat) => chat.running)
  useEffect(() => live.listen({
    event: (event) => {
      if (event.type !== 'message' || event.data.message.role !== 'assistant') return
      const { id, agent, status } = event.data.message
      const isWorking = status === 'streaming' || status === 'waiting'
      setRuns((before) => {
        const next = new Map(before)
        if (isWorking && agent !== null) next.set(id, agent)
        else next.delete(id)
        return next
      })
    },
    covered: () => setRuns(new Map()),
  }), [])
  return isQuiet ? new Set() : new Set(runs.values())
}

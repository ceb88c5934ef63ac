import { useEffect } from 'react'
import { translator } from '@/i18n'
import type { EventType } from '@/lib/events'
import { live } from '@/lib/live'
import { toast } from '@/ui'

const told: readonly EventType[] = ['message', 'approval_requested', 'artifact_created', 'artifact_updated', 'task_failed']
const settled_ms = 900

/** Counts what happened while the page was hidden or cut off, and says so when the person is back. */
export function useAway(): void {
  useEffect(() => {
    let missed = 0
    let wasCut = false
    let timer = 0
    const say = () => {
      if (document.hidden || missed === 0) return
      toast({ title: translator('shell')('away', { n: missed }) })
      missed = 0
      wasCut = false
    }
    const soon = () => { clearTimeout(timer); timer = window.setTimeout(say, settled_ms) }
    const stop = live.listen({
      event: (event) => {
        if ((!document.hidden && !wasCut) || !told.includes(event.type)) return
        if (document.hidden) void import('./notify').then(({ notify }) => notify(event))
        if (event.type === 'message' && (event.data.message.role === 'user' || event.data.message.status === 'streaming')) return
        missed++
        soon()
      },
      covered: () => undefined,
      status: (status) => {
        if (status === 'waiting') wasCut = true
        // What was missed arrives right after the connection is back.
        if (status === 'open' && wasCut) setTimeout(() => { wasCut = false }, settled_ms * 2)
      },
    })
    document.addEventListener('visibilitychange', soon)
    return () => { stop(); clearTimeout(timer); document.removeEventListener('visibilitychange', soon) }
  }, [])
}

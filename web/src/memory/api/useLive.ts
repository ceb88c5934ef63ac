import { useEffect } from 'react'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { live } from '@/lib/live'
import type { TeamEvent } from '@/lib/events'
import type { Page } from '@/lib/types'
import { keys } from './queries'
import type { Job } from './types'

/** Changes come in bursts: what they make old is asked anew together. */
const pause_ms = 400

/** The list of jobs with one of them as it is now. */
export function withJob(page: Page<Job>, job: Job): Page<Job> {
  const isKnown = page.items.some(({ id }) => id === job.id)
  return { ...page, items: isKnown ? page.items.map((item) => (item.id === job.id ? job : item)) : [job, ...page.items] }
}

export const isOver = ({ status }: Job): boolean => status === 'done' || status === 'failed' || status === 'cancelled'

/** Takes up what an event says of a job; gives the names of what it makes old. */
export function take(client: QueryClient, event: TeamEvent): (readonly unknown[])[] {
  if (event.type === 'memory_stored') return [keys.stats, keys.lists]
  if (event.type !== 'memory_job') return []
  const { job } = event.data
  client.setQueryData<Page<Job>>(keys.jobs, (page) => page && withJob(page, job))
  return isOver(job) ? [keys.documents, keys.stats, keys.lists, keys.graph] : [keys.stats]
}

/** Keeps the answers of this screen as new as the stream, for as long as it is shown. */
export function useLive(): void {
  const client = useQueryClient()
  useEffect(() => {
    const old = new Map<string, readonly unknown[]>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      timer = undefined
      for (const queryKey of old.values()) void client.invalidateQueries({ queryKey })
      old.clear()
    }
    const mark = (marked: (readonly unknown[])[]) => {
      for (const key of marked) old.set(key.join(' '), key)
      if (old.size > 0) timer ??= setTimeout(renew, pause_ms)
    }
    const stop = live.listen({ event: (event) => mark(take(client, event)), covered: () => mark([keys.all]) })
    return () => { stop(); clearTimeout(timer) }
  }, [client])
}

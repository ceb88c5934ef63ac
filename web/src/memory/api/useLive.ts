import type { QueryClient } from '@tanstack/react-query'
import { useFresh } from '@/lib/useFresh'
import type { TeamEvent } from '@/lib/events'
import type { Page } from '@/lib/types'
import { keys } from './queries'
import type { Job } from './types'

/** The list of jobs with one of them as it is now. */
export function withJob(page: Page<Job>, job: Job): Page<Job> {
  const isKnown = page.items.some(({ id }) => id === job.id)
  return { ...page, items: isKnown ? page.items.map((item) => (item.id === job.id ? job : item)) : [job, ...page.items] }
}

export const isOver = ({ status }: Job): boolean => status === 'done' || status === 'failed' || status === 'cancelled'

const workspaces = ['workspaces', 'list'] as const
/** What becomes old when a workspace remembers more. */
const shared = [keys.stats, keys.lists, keys.search, keys.jobs, keys.documents]

/** Takes up what an event says of a job; gives the names of what it makes old. */
export function take(client: QueryClient, event: TeamEvent): (readonly unknown[])[] {
  if (event.type === 'memory_stored') return [keys.stats, keys.lists]
  if (event.type === 'workspace_removed') return [keys.all, workspaces]
  if (event.type === 'workspace_updated') return event.data.what === 'memory' ? shared : [workspaces]
  if (event.type !== 'memory_job') return []
  const { job } = event.data
  client.setQueryData<Page<Job>>(keys.jobs, (page) => page && withJob(page, job))
  return isOver(job) ? [keys.documents, keys.stats, keys.lists, keys.graph] : [keys.stats]
}

const everything = () => [keys.all]

/** Keeps the answers of this screen as new as the stream, for as long as it is shown. */
export function useLive(): void {
  useFresh(take, everything)
}

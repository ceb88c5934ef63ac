import { useEffect } from 'react'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { live } from '@/lib/live'
import type { EventData, TeamEvent } from '@/lib/events'
import { above } from '../tree/rows'
import { keys } from './queries'
import type { ImportJob, WorkspaceChanged } from './types'

/** Changes come in bursts: what they make old is asked anew together. */
const pause_ms = 300

/** What a change of files makes old: the folders it happened in with those above, which show marks of what is in them, and whatever is told of the files as a whole. */
function touched({ workspace_id: id, paths, truncated = false }: WorkspaceChanged): (readonly unknown[])[] {
  const folders = new Set(paths.flatMap(({ path, from }) => [path, ...(from ? [from] : [])]).flatMap((path) => ['', ...above(path)]))
  return [...(truncated ? [keys.trees(id)] : [...folders].map((folder) => keys.tree(id, folder))), keys.git(id), keys.changes(id), keys.trash(id), keys.one(id)]
}

function keepJob(client: QueryClient, job: ImportJob): (readonly unknown[])[] {
  client.setQueryData<ImportJob[]>(keys.imports(job.workspace_id), (jobs) => jobs && [job, ...jobs.filter(({ id }) => id !== job.id)])
  return job.ended_at === null ? [] : [keys.all(job.workspace_id)]
}

/** What becomes old when something of a workspace itself changes. */
const updated: Record<EventData['workspace_updated']['what'], (id: string) => (readonly unknown[])[]> = {
  workspace: (id) => [keys.list, keys.one(id)],
  members: (id) => [keys.list, keys.one(id), keys.members(id)],
  review: (id) => [keys.changes(id)],
  git: (id) => [keys.git(id), keys.trees(id)],
}

/** Takes up what an event says of a workspace; gives the names of what it makes old. */
export function take(client: QueryClient, event: TeamEvent): (readonly unknown[])[] {
  switch (event.type) {
    case 'workspace_changed': return touched(event.data)
    case 'workspace_import': return keepJob(client, event.data.job)
    case 'workspace_updated': return updated[event.data.what](event.data.workspace_id)
    case 'workspace_removed': return [keys.list, keys.one(event.data.workspace_id)]
    default: return []
  }
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
    const stop = live.listen({ event: (event) => mark(take(client, event)), covered: () => mark([['workspaces'], keys.sandboxes, keys.terminals]) })
    return () => { stop(); clearTimeout(timer) }
  }, [client])
}

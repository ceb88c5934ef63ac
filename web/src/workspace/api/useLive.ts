import type { QueryClient } from '@tanstack/react-query'
import { useFresh } from '@/lib/useFresh'
import type { EventData, TeamEvent } from '@/lib/events'
import { above } from '../tree/rows'
import { keys } from './queries'
import type { ImportJob, WorkspaceChanged } from './types'

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
  memory: () => [],
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

const everything = () => [['workspaces'], keys.sandboxes, keys.terminals]

/** Keeps the answers of this screen as new as the stream, for as long as it is shown. */
export function useLive(): void {
  useFresh(take, everything)
}

import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import { terminals } from '@/terminal/calls'
import { changes, files, git, imports, members, sandboxes, trash, workspaces } from './calls'
import type { ImportJob, SearchAsk } from './types'

/** Under these names the screen's answers are kept. */
export const keys = {
  list: ['workspaces', 'list'] as const,
  all: (id: string) => ['workspaces', 'one', id] as const,
  one: (id: string) => [...keys.all(id), 'itself'] as const,
  trees: (id: string) => [...keys.all(id), 'tree'] as const,
  tree: (id: string, path: string) => [...keys.trees(id), path] as const,
  members: (id: string) => [...keys.all(id), 'members'] as const,
  search: (id: string) => [...keys.all(id), 'search'] as const,
  trash: (id: string) => [...keys.all(id), 'trash'] as const,
  imports: (id: string) => [...keys.all(id), 'imports'] as const,
  git: (id: string) => [...keys.all(id), 'git'] as const,
  changes: (id: string) => [...keys.all(id), 'changes'] as const,
  sandboxes: ['sandboxes'] as const,
  snapshots: ['sandbox-snapshots'] as const,
  terminals: ['terminals'] as const,
}

/** Sandboxes end and idle by themselves: nobody tells. */
const sandboxes_ms = 5000
const metrics_ms = 2000
const busy_ms = 3000

export const isBusy = ({ status }: Pick<ImportJob, 'status'>): boolean => status === 'queued' || status === 'running'

export const listQuery = queryOptions({ queryKey: keys.list, queryFn: ({ signal }) => workspaces.list(signal), select: (page) => page.items })
export const workspaceQuery = (id: string) => queryOptions({ queryKey: keys.one(id), queryFn: ({ signal }) => workspaces.get(id, signal) })
export const treeQuery = (id: string, path: string, hidden: boolean) => queryOptions({ queryKey: [...keys.tree(id, path), hidden], queryFn: ({ signal }) => files.tree(id, path, hidden, signal), placeholderData: keepPreviousData })
export const membersQuery = (id: string) => queryOptions({ queryKey: keys.members(id), queryFn: ({ signal }) => members.list(id, signal) })
export const trashQuery = (id: string) => queryOptions({ queryKey: keys.trash(id), queryFn: ({ signal }) => trash.list(id, signal) })
export const importsQuery = (id: string) => queryOptions({
  queryKey: keys.imports(id), queryFn: ({ signal }) => imports.list(id, signal),
  // The stream tells of progress; this is for what it cannot tell while it is down.
  refetchInterval: ({ state: { data } }) => (data?.some(isBusy) ? busy_ms : false),
})
export const searchQuery = (id: string, ask: SearchAsk) => queryOptions({ queryKey: [...keys.search(id), ask], queryFn: ({ signal }) => files.search(id, ask, signal), enabled: ask.q !== '', placeholderData: keepPreviousData, staleTime: 5000 })
export const statusQuery = (id: string) => queryOptions({ queryKey: [...keys.git(id), 'status'], queryFn: ({ signal }) => git.status(id, signal) })
export const diffQuery = (id: string, path: string, staged: boolean) => queryOptions({ queryKey: [...keys.git(id), 'diff', path, staged], queryFn: ({ signal }) => git.diff(id, path, staged, signal) })
export const branchesQuery = (id: string) => queryOptions({ queryKey: [...keys.git(id), 'branches'], queryFn: ({ signal }) => git.branches(id, signal) })
export const changesQuery = (id: string) => queryOptions({ queryKey: keys.changes(id), queryFn: ({ signal }) => changes.list(id, signal) })
export const sandboxesQuery = queryOptions({ queryKey: keys.sandboxes, queryFn: ({ signal }) => sandboxes.list(signal), select: (page) => page.items, refetchInterval: sandboxes_ms })
export const snapshotsQuery = queryOptions({ queryKey: keys.snapshots, queryFn: ({ signal }) => sandboxes.snapshots(signal), select: (page) => page.items })
export const metricsQuery = (id: string, isOn: boolean) => queryOptions({ queryKey: [...keys.sandboxes, id, 'metrics'], queryFn: ({ signal }) => sandboxes.metrics(id, signal), enabled: isOn, refetchInterval: metrics_ms })
export const terminalsQuery = queryOptions({ queryKey: keys.terminals, queryFn: ({ signal }) => terminals.list(signal), select: (page) => page.items })

/** Asks anew whatever is under these names. */
export function useRefresh(): (...names: (readonly unknown[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...names) => { await Promise.all(names.map((queryKey) => client.invalidateQueries({ queryKey }))) }
}

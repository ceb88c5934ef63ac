import type { RunKind, RunStatus } from '../api/types'

/** What the list of runs shows, as the address says it. */
export interface RunFilters { status: RunStatus | ''; agent: string; kind: RunKind | ''; dead: boolean }

export const statuses: readonly RunStatus[] = ['queued', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled']
export const kinds: readonly RunKind[] = ['turn', 'call', 'task', 'plan']

const known = <Value extends string>(values: readonly Value[], text = ''): Value | '' => values.find((value) => value === text) ?? ''

export function filtersOf(search: Record<string, string | undefined>): RunFilters {
  return { status: known(statuses, search.status), agent: search.agent ?? '', kind: known(kinds, search.kind), dead: search.dead === 'true' }
}

export function searchOf({ status, agent, kind, dead }: RunFilters): Record<string, string | undefined> {
  return { status: status || undefined, agent: agent || undefined, kind: kind || undefined, dead: dead ? 'true' : undefined }
}

export const isNarrowed = ({ status, agent, kind, dead }: RunFilters): boolean => status !== '' || agent !== '' || kind !== '' || dead

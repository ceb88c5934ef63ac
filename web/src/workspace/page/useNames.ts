import { useCallback } from 'react'
import { useQuery } from '@tanstack/react-query'
import { membersQuery } from '../api/queries'
import type { WorkspaceChanged } from '../api/types'

/** The name of whoever changed something: an agent's, a member's, or a program's. */
export function useNames(id: string): (by: WorkspaceChanged['by']) => string | null {
  const people = useQuery(membersQuery(id)).data
  return useCallback(({ agent, user_id, process }: WorkspaceChanged['by']) => agent ?? people?.find((one) => one.user_id === user_id)?.full_name ?? process ?? null, [people])
}

import { createContext, useContext, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { listQuery } from '@/workspace/api/queries'
import type { Workspace } from '@/workspace/api/types'

/** The memory that the screen shows: one's own, or that of a workspace. */
export interface Whose {
  /** The workspace; undefined for one's own. */
  id: string | undefined
  name: string
  /** Whether one may write into it, and decide how it is kept. */
  mayWrite: boolean
  mayDecide: boolean
}

const own: Whose = { id: undefined, name: '', mayWrite: true, mayDecide: true }
const storage_name = 'memory-of'
const Chosen = createContext(own)
export const WhoseMemory = Chosen.Provider
export const useWhose = (): Whose => useContext(Chosen)

export const whoseOf = ({ id, name, role }: Pick<Workspace, 'id' | 'name' | 'role'>): Whose => ({ id, name, mayWrite: role !== 'viewer', mayDecide: role === 'owner' })

/** Which memory is chosen, among what, and how one chooses another. One that is no longer there gives way to one's own. */
export function useChosen(): { whose: Whose; workspaces: readonly Workspace[]; choose: (id: string) => void } {
  const workspaces = useQuery(listQuery).data ?? []
  const [id, setId] = useState(() => sessionStorage.getItem(storage_name) ?? '')
  const choose = (next: string) => { sessionStorage.setItem(storage_name, next); setId(next) }
  const found = workspaces.find((item) => item.id === id)
  return { whose: found ? whoseOf(found) : own, workspaces, choose }
}

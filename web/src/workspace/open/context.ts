import { createContext, useContext } from 'react'
import type { Workspace } from '../api/types'
import type { Desk } from './desk'

interface DeskPlace { desk: Desk; workspace: Workspace; canWrite: boolean }
export const DeskContext = createContext<DeskPlace | null>(null)

/** The workspace that is shown, what lies open of it, and whether this person may change it. */
export function useDesk(): DeskPlace {
  const place = useContext(DeskContext)
  if (!place) throw new Error('no workspace around this component')
  return place
}

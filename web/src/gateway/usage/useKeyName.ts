import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '../api/queries'

/** Tells the name of a key by its id; one that was revoked keeps its id. */
export function useKeyName(): (id: string | null) => string | null {
  const keys = useQuery(keysQuery).data ?? []
  return (id) => keys.find((key) => key.id === id)?.name ?? id
}

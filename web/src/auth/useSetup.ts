import { useQuery } from '@tanstack/react-query'
import { request } from '@/lib/http'
import { keys } from '@/lib/queries'
import type { SetupState } from '@/lib/types'

/** Whether the server has an administrator and lets people register. */
export function useSetup() {
  return useQuery({ queryKey: keys.setup, queryFn: async () => await (await request('/api/v1/auth/setup', {})).json() as SetupState })
}

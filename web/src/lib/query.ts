import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './http'

/** Tries again only what may pass: no answer, a busy server; never a refusal. */
function worthRetry(failures: number, error: Error): boolean {
  const passing = !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500
  return passing && failures < 2
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetry, staleTime: 30_000, refetchOnWindowFocus: false }, mutations: { retry: false } },
})

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '@/lib/api'
import { live } from '@/lib/live'
import { keys } from '@/lib/queries'
import type { Artifact, Page } from '@/lib/types'
import { libraryKey } from '../queries'
import type { Wish } from './wish'

const PAGE = 60
const SETTLE_MS = 400

export function useLibrary(wish: Wish) {
  return useInfiniteQuery({
    queryKey: [...libraryKey, wish],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Artifact>>(
        '/my/artifacts',
        {
          q: wish.q || null,
          type: wish.type || null,
          tag: wish.tag || null,
          shared: wish.shared || null,
          sort: wish.sort,
          limit: PAGE,
          cursor: pageParam,
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  })
}

export function useArtifact(id: string) {
  return useQuery({ queryKey: keys.artifact(id), queryFn: ({ signal }) => api.get<Artifact>(`/my/artifacts/${id}`, {}, { signal }), retry: false })
}

/** Asks anew when something was made or changed, at most a few times a second. */
export function useLibraryLive(): void {
  const client = useQueryClient()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const refresh = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        void client.invalidateQueries({ queryKey: libraryKey })
      }, SETTLE_MS)
    }
    const end = live.listen({
      event: (event) => {
        if (event.type === 'artifact_created' || event.type === 'artifact_updated') refresh()
      },
      covered: refresh,
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [client])
}

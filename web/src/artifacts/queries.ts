import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Artifact, ArtifactVersion, Page } from '@/lib/types'
import { decodeText } from './decodeText'
import { type Diff, diffLines } from './diff/lines'

export function useArtifacts(chatId: string) {
  return useQuery({
    queryKey: keys.artifacts(chatId),
    queryFn: ({ signal }) => api.get<Page<Artifact>>('/my/artifacts', { chat_id: chatId, limit: 200 }, { signal }),
    select: (page) => [...page.items].sort((one, other) => one.created_at.localeCompare(other.created_at)),
  })
}

export const libraryKey = ['library'] as const

export function useVersions(id: string) {
  return useQuery({
    queryKey: [...keys.artifact(id), 'versions'],
    queryFn: ({ signal }) => api.get<Page<ArtifactVersion>>(`/my/artifacts/${id}/versions`, { limit: 200 }, { signal }),
    select: (page) => [...page.items].sort((one, other) => other.version - one.version),
  })
}

/** Where content comes from: the person's own server, or the link of somebody who shared. */
export interface ContentSource {
  read: (id: string, version: number, signal?: AbortSignal) => Promise<Response>
  /** A signed address of the newest version, null where there is none. */
  url: (id: string, signal?: AbortSignal) => Promise<string | null>
}

const own: ContentSource = {
  read: (id, version, signal) =>
    api.raw(`/my/artifacts/${id}/content`, {}, { query: { version }, signal, headers: { accept: '*/*' } }),
  url: async (id, signal) => (await api.get<Artifact>(`/my/artifacts/${id}`, {}, { signal })).content_url ?? null,
}

export const SourceContext = createContext<ContentSource>(own)

/** The bytes of one version under their own type; versions never change, so they are asked for once. */
export function useContent(id: string, version: number, format: string) {
  const source = useContext(SourceContext)
  return useQuery({
    queryKey: ['artifact-content', id, version],
    queryFn: ({ signal }) => readBlob(id, version, format, signal, source),
    staleTime: Infinity,
  })
}

/** The server sends all content as plain bytes, so that no address runs what an agent wrote; the type comes from the artifact. */
export async function readBlob(id: string, version: number, format: string, signal?: AbortSignal, source = own): Promise<Blob> {
  const bytes = await (await source.read(id, version, signal)).arrayBuffer()
  return new Blob([bytes], { type: format })
}

/** With `steady` the text of the version before stays until the new one is there. */
export function useContentText(id: string, version: number, enabled = true, steady = false) {
  const source = useContext(SourceContext)
  return useQuery<string>({
    queryKey: ['artifact-text', id, version],
    queryFn: async ({ signal }) => decodeText(await source.read(id, version, signal)),
    staleTime: Infinity,
    enabled,
    placeholderData: (before) => (steady ? before : undefined),
  })
}

export const readContent = own.read

/** The tag of a version's bytes: whoever saves with it overwrites nobody. */
export async function readTagged(id: string, version: number): Promise<string | null> {
  const answer = await api.raw(`/my/artifacts/${id}/content`, {}, { query: { version }, headers: { accept: '*/*', range: 'bytes=0-0' } })
  return answer.headers.get('etag')
}

/** A signed address for a frame; it stays the same until asked for anew, so that the page in the frame does not restart. */
export function useContentUrl(id: string, version: number) {
  const source = useContext(SourceContext)
  return useQuery({
    queryKey: ['artifact-url', id, version],
    queryFn: ({ signal }) => source.url(id, signal),
    staleTime: Infinity,
    gcTime: 0,
  })
}

export interface Comparison {
  before: string
  after: string
  diff: Diff
}

/** Two versions side by side; null until both are there. */
export function useComparison(id: string, from: number, to: number, enabled = true): { data: Comparison | null; error: unknown } {
  const before = useContentText(id, from, enabled && from > 0)
  const after = useContentText(id, to, enabled)
  const data = useMemo(() => {
    if (before.data === undefined || after.data === undefined) return null
    return { before: before.data, after: after.data, diff: knownDiff(`${id} ${from} ${to}`, before.data, after.data) }
  }, [id, from, to, before.data, after.data])
  return { data, error: before.error ?? after.error }
}

const KEPT_DIFFS = 8
const diffs = new Map<string, Diff>()

/** Versions never change, so what differs between two is worked out once, for the counts and the view alike. */
function knownDiff(key: string, before: string, after: string): Diff {
  const diff = diffs.get(key) ?? diffLines(before, after)
  diffs.delete(key)
  diffs.set(key, diff)
  const [oldest] = diffs.keys()
  if (diffs.size > KEPT_DIFFS && oldest !== undefined) diffs.delete(oldest)
  return diff
}

export function useArtifactActions(chatId: string | null) {
  const client = useQueryClient()
  const refresh = async (id: string): Promise<void> => {
    await Promise.all([
      chatId && client.invalidateQueries({ queryKey: keys.artifacts(chatId) }),
      client.invalidateQueries({ queryKey: keys.artifact(id) }),
      client.invalidateQueries({ queryKey: libraryKey }),
    ])
  }
  return {
    revert: async (id: string, version: number): Promise<void> => {
      await api.post(`/my/artifacts/${id}/revert`, { version })
      await refresh(id)
    },
    remove: async (id: string): Promise<void> => {
      await api.delete(`/my/artifacts/${id}`)
      if (chatId)
        client.setQueryData<Page<Artifact>>(
          keys.artifacts(chatId),
          (page) => page && { ...page, items: page.items.filter((item) => item.id !== id) },
        )
      await client.invalidateQueries({ queryKey: libraryKey })
    },
  }
}

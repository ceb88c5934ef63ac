import { api } from '@/lib/api'
import { request } from '@/lib/http'
import type { ArtifactPreview, ArtifactType } from '@/lib/types'

export interface ArtifactShare {
  id: string
  artifact_id: string
  version: number | null
  created_at: string
  expires_at: string | null
}
export interface NewArtifactShare extends ArtifactShare {
  token: string
  url: string
}
export interface SharedArtifactPage {
  title: string
  type: ArtifactType
  format: string
  language: string | null
  version: number
  size: number
  preview: ArtifactPreview | null
  updated_at: string
  expires_at: string | null
  content_url: string
}
export interface ShareWish {
  version?: number
  expires_in_seconds?: number
}

const path = (id: string): string => `/my/artifacts/${id}/share`

export const sharesKey = (id: string) => ['artifact-shares', id] as const
export const listShares = async (id: string): Promise<ArtifactShare[]> => (await api.get<{ items: ArtifactShare[] }>(path(id))).items
export const makeShare = (id: string, wish: ShareWish): Promise<NewArtifactShare> => api.post(path(id), wish)
export const revokeShare = (share: ArtifactShare): Promise<undefined> => api.delete(`${path(share.artifact_id)}/${share.id}`)

/** Where a link leads on this page's own server. */
export const linkOf = (share: NewArtifactShare): string => new URL(`/share/artifact/${share.token}`, location.origin).href

/** What a link shows; asked without signing in. */
export async function openShared(token: string): Promise<SharedArtifactPage> {
  const answer = await request(`/api/v1/shared-artifacts/${encodeURIComponent(token)}`, { headers: { accept: 'application/json' } })
  return (await answer.json()) as SharedArtifactPage
}

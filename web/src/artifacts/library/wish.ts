import { useMemo } from 'react'
import { navigate, useLocation } from '@/lib/router'
import type { ArtifactType } from '@/lib/types'

export const SORTS = ['newest', 'updated', 'title', 'largest'] as const
export type Sort = (typeof SORTS)[number]
export const TYPES: readonly ArtifactType[] = [
  'code',
  'document',
  'data',
  'image',
  'web',
  'interactive',
  'terminal',
  'video',
  'audio',
  'text',
  'desktop',
]

/** What is looked for; it stands in the address, so that going back finds it again. */
export interface Wish {
  q: string
  type: ArtifactType | ''
  tag: string
  shared: boolean
  sort: Sort
}

export function wishOf(search: string): Wish {
  const given = new URLSearchParams(search)
  const type = given.get('type') ?? ''
  const sort = given.get('sort') ?? ''
  return {
    q: given.get('q') ?? '',
    type: TYPES.find((item) => item === type) ?? '',
    tag: given.get('tag') ?? '',
    shared: given.get('shared') === 'true',
    sort: SORTS.find((item) => item === sort) ?? 'newest',
  }
}

export function searchOf(wish: Wish): Record<string, string | undefined> {
  return {
    q: wish.q || undefined,
    type: wish.type || undefined,
    tag: wish.tag || undefined,
    shared: wish.shared ? 'true' : undefined,
    sort: wish.sort === 'newest' ? undefined : wish.sort,
  }
}

export function useWish(): [Wish, (change: Partial<Wish>) => void] {
  const { pathname, search } = useLocation()
  const wish = useMemo(() => wishOf(search), [search])
  return [wish, (change) => void navigate({ to: pathname, search: searchOf({ ...wishOf(location.search), ...change }), replace: true })]
}

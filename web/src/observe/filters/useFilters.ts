import { useCallback, useMemo } from 'react'
import { navigate, useLocation } from '@/lib/router'
import { readFilters, writeFilters, type Filters } from './filters'

type Search = Record<string, string | undefined>

/** The filters in the address, and how to change them there; the rest of the address stays. */
export function useFilters(): { filters: Filters; change: (part: Partial<Filters>) => void; search: Search } {
  const { search: text } = useLocation()
  const search = useMemo<Search>(() => Object.fromEntries(new URLSearchParams(text)), [text])
  const filters = useMemo(() => readFilters(search), [search])
  const change = useCallback((part: Partial<Filters>) => {
    const now = Object.fromEntries(new URLSearchParams(location.search))
    void navigate({ to: location.pathname, search: { ...now, ...writeFilters({ ...readFilters(now), ...part }) }, replace: true })
  }, [])
  return { filters, change, search }
}

/** Changes other parts of the address of a tab. */
export function setSearch(part: Search): void {
  const now = Object.fromEntries(new URLSearchParams(location.search))
  void navigate({ to: location.pathname, search: { ...now, ...part }, replace: true })
}

/** The part of an address that goes along from tab to tab. */
export const carried = (filters: Filters): Search => writeFilters(filters)

import { useEffect, useState } from 'react'
import { useSearch } from '@/lib/router'
import { useSession } from '@/lib/session'
import type { Reach } from '../api/calls'
import type { UsageGroup } from '../api/types'
import { rangeBetween, rangeOf, spans, type Range, type Span } from './range'

const all: readonly UsageGroup[] = ['model', 'provider', 'agent', 'key', 'door', 'day', 'session']
const refresh_ms = 60_000

export interface Chosen {
  reach: Reach
  isAdmin: boolean
  by: UsageGroup
  groups: readonly UsageGroup[]
  /** The rolling span, or null between two chosen days. */
  span: Span | null
  range: Range
}

/** What the address asks for: whose usage, of which time, told apart by what. */
export function useChosen(): Chosen {
  const search = useSearch()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const now = useMinute()
  const reach: Reach = isAdmin && search.of === 'everyone' ? 'everyone' : 'mine'
  const groups: readonly UsageGroup[] = reach === 'everyone' ? ['user', ...all] : all
  const between = rangeBetween(search.first, search.last)
  const span = spans.find((item) => item === search.span) ?? '7d'
  return {
    reach, isAdmin, groups, by: groups.find((group) => group === search.by) ?? groups[0] ?? 'model',
    span: between ? null : span, range: between ?? rangeOf(span, now),
  }
}

function useMinute(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), refresh_ms)
    return () => clearInterval(timer)
  }, [])
  return now
}

import { useEffect, useRef, useState } from 'react'
import type { Artifact } from '@/lib/types'

/** Ids of artifacts that came or changed since the reader last looked at them in this dock. */
export function useUnseen(items: readonly Artifact[], open: Artifact | null): ReadonlySet<string> {
  const seen = useRef<Map<string, number> | null>(null)
  const [unseen, setUnseen] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (items.length === 0) return
    seen.current ??= new Map(items.map((item) => [item.id, item.version]))
    const known = seen.current
    if (open) known.set(open.id, open.version)
    const next = items.filter((item) => (known.get(item.id) ?? 0) < item.version).map((item) => item.id)
    setUnseen((now) => (now.size === next.length && next.every((id) => now.has(id)) ? now : new Set(next)))
  }, [items, open])
  return unseen
}

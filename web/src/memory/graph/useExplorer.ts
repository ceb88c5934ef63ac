import { useCallback, useEffect, useMemo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@/lib/api'
import { toastError } from '@/ui'
import { graph } from '../api/calls'
import { keys } from '../api/queries'
import type { Subgraph } from '../api/types'
import { keyOf, merged, most_nodes, nothing, stepsOf, without, type Known } from './model'

/** How many neighbours one click brings. */
const most_neighbours = 60

/** The part of the graph on the screen and what can be done with it. */
export function useExplorer(limit: number) {
  const [known, setKnown] = useState<Known>(nothing)
  const [chosen, setChosen] = useState<string | null>(null)
  const [from, setFrom] = useState<string | null>(null)
  const [path, setPath] = useState<Subgraph | null>(null)
  const [isPathless, setPathless] = useState(false)
  const [busy, setBusy] = useState<string | null>(null)
  const query = useQuery({ queryKey: [...keys.graph, 'best', limit], queryFn: ({ signal }) => graph.best(limit, signal), staleTime: 60_000 })
  useEffect(() => { if (query.data) setKnown((now) => merged(now, query.data)) }, [query.data])

  const act = async (name: string, work: () => Promise<void>) => {
    setBusy(name)
    try { await work() } catch (error) { toastError(error) }
    setBusy(null)
  }
  const add = useCallback((found: Subgraph) => setKnown((now) => merged(now, found)), [])
  const expand = (id: string) => act('expand', async () => add(await graph.neighbours(id, most_neighbours)))
  /** Chooses a node, also one that is not on the screen yet. */
  const choose = async (id: string | null) => {
    setChosen(id)
    if (id !== null && !known.nodes.has(id)) await expand(id)
  }
  /** Begins a path at a node, or forgets the one that is shown. */
  const beginPath = (id: string | null) => { setFrom(id); setPath(null); setPathless(false) }
  const clearPath = () => beginPath(null)
  const findPath = (to: string) => act('path', async () => {
    if (from === null) return
    const found = await graph.path(from, to).catch((error: unknown) => { if (error instanceof ApiError && error.status === 404) return null; throw error })
    const isThere = found !== null && found.nodes.length > 1
    setPathless(!isThere)
    setPath(isThere ? found : null)
    if (isThere) add(found)
  })
  const remove = (id: string) => act('remove', async () => {
    await graph.remove(id)
    setKnown((now) => without(now, id))
    if (chosen === id) setChosen(null)
    if (path?.nodes.some((node) => node.id === id)) clearPath()
  })
  const onPath = useMemo(() => ({
    path: new Set(path?.nodes.map(({ id }) => id)),
    pathEdges: new Set(path ? stepsOf(path).flatMap(({ edge }) => (edge ? [keyOf(edge)] : [])) : []),
  }), [path])
  return {
    known, query, chosen, choose, from, beginPath, path, isPathless, clearPath, findPath, expand, remove, busy, onPath,
    isCut: (query.data?.truncated ?? false) || known.nodes.size >= most_nodes,
  }
}

export type Explorer = ReturnType<typeof useExplorer>

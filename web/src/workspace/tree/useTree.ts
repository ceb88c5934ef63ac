import { useMemo } from 'react'
import { useQueries } from '@tanstack/react-query'
import { treeQuery } from '../api/queries'
import type { Tree } from '../api/types'
import { useDesk } from '../open/context'
import { rowsOf, type Row } from './rows'

/** The rows of the tree: the root and every open folder, each fetched when it is first opened. */
export function useTree(): { rows: Row[]; isPending: boolean; error: unknown; truncated: boolean; retry: () => void } {
  const { desk } = useDesk()
  const expanded = desk.use((state) => state.expanded)
  const showHidden = desk.use((state) => state.showHidden)
  const folders = useMemo(() => ['', ...expanded], [expanded])
  const answers = useQueries({ queries: folders.map((path) => treeQuery(desk.id, path, showHidden)) })
  const trees: (Tree | undefined)[] = answers.map(({ data }) => data)
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const rows = useMemo(() => rowsOf(new Map(folders.map((path, index) => [path, trees[index]])), new Set(expanded)), [folders, expanded, ...trees])
  const root = answers[0]
  return { rows, isPending: root?.isPending ?? true, error: root?.error ?? null, truncated: trees.some((tree) => tree?.truncated), retry: () => void root?.refetch() }
}

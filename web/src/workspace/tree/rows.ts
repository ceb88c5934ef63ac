import type { Entry, Tree } from '../api/types'

export interface Row { entry: Entry; depth: number; isOpen: boolean; isLoading: boolean; place: number; of: number }

/** A file or folder that has no name yet. */
export interface Draft { folder: string; kind: 'file' | 'folder' }

export const rowId = (path: string): string => `ws-row-${path}`

const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' }).compare
const rank = ({ kind }: Entry): number => (kind === 'folder' ? 0 : 1)

/** Folders first, then by name as a person counts: file 2 before file 10. */
export const inOrder = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name))

/** What a tree shows, top to bottom: the folders that are open with what is in them, as far as that is known. */
export function rowsOf(trees: ReadonlyMap<string, Tree | undefined>, expanded: ReadonlySet<string>, folder = '', depth = 0): Row[] {
  const entries = inOrder(trees.get(folder)?.entries ?? [])
  return entries.flatMap((entry, index) => {
    const isOpen = entry.kind === 'folder' && expanded.has(entry.path)
    const inside = isOpen ? trees.get(entry.path) : undefined
    const row: Row = { entry, depth, isOpen, isLoading: isOpen && inside === undefined, place: index + 1, of: entries.length }
    return isOpen ? [row, ...rowsOf(trees, expanded, entry.path, depth + 1)] : [row]
  })
}

/** The folders above a path, outermost first. */
export function above(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** The next row, after this one and around, whose name begins so. */
export function typed(rows: readonly Row[], from: number, start: string): number {
  const wanted = start.toLocaleLowerCase()
  for (let step = start.length === 1 ? 1 : 0; step <= rows.length; step++) {
    const at = (from + step) % rows.length
    if (rows[at]?.entry.name.toLocaleLowerCase().startsWith(wanted)) return at
  }
  return from
}

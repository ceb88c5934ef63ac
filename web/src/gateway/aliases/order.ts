/** The list with one item moved; a place beyond an end is that end. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const item = items[from]
  if (item === undefined) return [...items]
  const rest = items.toSpliced(from, 1)
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, item)
}

export interface Box { top: number; height: number }

/** Which row a dragged one has come to: it takes the place of a neighbour once it is past that one's middle. */
export function placeAt(rows: readonly Box[], y: number): number {
  const after = rows.findIndex(({ top, height }) => y < top + height / 2)
  return after === -1 ? Math.max(0, rows.length - 1) : Math.max(0, after)
}

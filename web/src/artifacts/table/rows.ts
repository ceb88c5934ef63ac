export const ROW_PX = 28
/** Rows beyond the visible ones, so that a turn of the wheel finds them drawn. */
const OVERSCAN = 6

/** What of the rows a box shows: the first one, and how many find room. */
export interface View {
  first: number
  room: number
}

export function viewOf(scrollTop: number, height: number, rowPx = ROW_PX): View {
  return { first: Math.floor(scrollTop / rowPx), room: Math.ceil(height / rowPx) + 1 }
}

/** Numbers of the rows to draw, also when the box is still scrolled beyond the last of them. */
export function drawn({ first, room }: View, count: number): number[] {
  if (room <= 1) return []
  const from = Math.max(0, Math.min(first, count - room) - OVERSCAN)
  const to = Math.min(count, first + room + OVERSCAN)
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

/** Where to scroll for a row to be whole in sight, below the head that stays; where the box is, when it is already. */
export function scrollTopFor(row: number, scrollTop: number, height: number, rowPx = ROW_PX, headPx = rowPx): number {
  const top = row * rowPx
  return Math.max(0, Math.min(top, Math.max(scrollTop, top + rowPx + headPx - height)))
}

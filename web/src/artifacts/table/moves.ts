/** A cell by its place on screen; row -1 is the header. */
export interface Cell {
  row: number
  column: number
}

interface Bounds {
  rows: number
  columns: number
  pageRows: number
}

/** Where a key leads in a grid, null when the key means nothing here. */
export function moveCell(cell: Cell, key: string, ctrl: boolean, { rows, columns, pageRows }: Bounds): Cell | null {
  const to = (row: number, column: number): Cell => ({ row: clamp(row, -1, rows - 1), column: clamp(column, 0, columns - 1) })
  const { row, column } = cell
  switch (key) {
    case 'ArrowDown':
      return to(ctrl ? rows - 1 : row + 1, column)
    case 'ArrowUp':
      return to(ctrl ? 0 : row - 1, column)
    case 'ArrowRight':
      return to(row, ctrl ? columns - 1 : column + 1)
    case 'ArrowLeft':
      return to(row, ctrl ? 0 : column - 1)
    case 'Home':
      return to(ctrl ? 0 : row, 0)
    case 'End':
      return to(ctrl ? rows - 1 : row, columns - 1)
    case 'PageDown':
      return to(row + pageRows, column)
    case 'PageUp':
      return to(Math.max(0, row - pageRows), column)
    default:
      return null
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

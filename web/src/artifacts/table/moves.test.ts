import { describe, expect, it } from 'vitest'
import { moveCell } from './moves'

const bounds = { rows: 100, columns: 5, pageRows: 20 }
const from = (row: number, column: number, key: string, ctrl = false): number[] | null => {
  const cell = moveCell({ row, column }, key, ctrl, bounds)
  return cell && [cell.row, cell.column]
}

describe('moveCell', () => {
  it('steps, pages and jumps, and stays inside', () => {
    expect(from(0, 0, 'ArrowDown')).toEqual([1, 0])
    expect(from(99, 0, 'ArrowDown')).toEqual([99, 0])
    expect(from(0, 2, 'ArrowUp')).toEqual([-1, 2])
    expect(from(-1, 2, 'ArrowUp')).toEqual([-1, 2])
    expect(from(3, 4, 'ArrowRight')).toEqual([3, 4])
    expect(from(3, 4, 'Home')).toEqual([3, 0])
    expect(from(3, 1, 'End', true)).toEqual([99, 4])
    expect(from(3, 1, 'PageDown')).toEqual([23, 1])
    expect(from(3, 1, 'PageUp')).toEqual([0, 1])
    expect(from(50, 1, 'ArrowUp', true)).toEqual([0, 1])
  })

  it('leaves other keys alone', () => {
    expect(from(0, 0, 'a')).toBeNull()
    expect(from(0, 0, 'Tab')).toBeNull()
  })
})

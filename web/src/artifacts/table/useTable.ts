import { useDeferredValue, useMemo, useState } from 'react'
import { filterRows } from '../data/filter'
import { type Sort, sortRows, type Table } from '../data/table'

export interface TableState {
  filter: string
  setFilter: (filter: string) => void
  sort: Sort | null
  /** Ascending, then descending, then the file's own order. */
  cycleSort: (column: number) => void
  /** Row numbers to show, in order. */
  order: number[]
  /** True while a filter over many rows is still being worked out. */
  busy: boolean
}

export function useTable(table: Table): TableState {
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<Sort | null>(null)
  const settled = useDeferredValue(filter)
  const filtered = useMemo(() => filterRows(table, settled), [table, settled])
  const order = useMemo(() => sortRows(table, filtered, sort), [table, filtered, sort])
  const cycleSort = (column: number): void => {
    if (sort?.column !== column) setSort({ column, descending: false })
    else setSort(sort.descending ? null : { column, descending: true })
  }
  return { filter, setFilter, sort, cycleSort, order, busy: settled !== filter }
}

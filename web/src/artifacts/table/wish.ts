import type { Sort } from '../data/table'
import type { Wish } from '../sheet/messages'

/** What a click on a column's name leads to: ascending, then descending, then the file's own order. */
export function nextSort(sort: Sort | null, column: number): Sort | null {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? null : { column, descending: true }
}

/** All rows as the file has them, which needs no work. */
export function isUntouched({ filter, sort }: Wish): boolean {
  return filter.trim() === '' && sort === null
}

import { type Table, toNumber } from './table'

type Test = (row: readonly string[], index: number) => boolean

/** Each row's cells in one lower-case text, made when first searched: between them a character that no cell has. */
const searched = new WeakMap<Table, string[]>()

function searchTexts(table: Table): string[] {
  const known = searched.get(table) ?? table.rows.map((row) => row.join('\u0000').toLowerCase())
  searched.set(table, known)
  return known
}

const TERM = /"([^"]*)"|(?:"([^"]+)"|([^\s:<>=!"]+))(:|>=|<=|!=|=|>|<)(?:"([^"]*)"|(\S+))|(\S+)/g
/** A comparison still being typed filters nothing. */
const UNFINISHED = /(:|[<>!]?=|[<>])$/

/**
 * Row numbers that pass a filter such as `berlin price>10 "two words" status:open name!=x`.
 * A bare term must occur in any cell; `column:text` in that column; comparisons are numeric where both sides are numbers.
 * A term whose left side names no column is searched for as it stands.
 */
export function filterRows(table: Table, filter: string): number[] {
  const tests = parseFilter(table, filter)
  const passed: number[] = []
  table.rows.forEach((row, index) => {
    if (tests.every((test) => test(row, index))) passed.push(index)
  })
  return passed
}

function parseFilter(table: Table, filter: string): Test[] {
  const names = new Map(table.columns.map((column, index) => [column.name.toLowerCase(), index]))
  return [...filter.matchAll(TERM)].map((match) => {
    const [whole, quoted, quotedName, bareName, operator, quotedValue, bareValue] = match
    const index = names.get((quotedName ?? bareName ?? '').toLowerCase())
    if (operator && index !== undefined) return columnTest(index, operator, quotedValue ?? bareValue ?? '')
    if (names.has(whole.replace(UNFINISHED, '').toLowerCase()) && UNFINISHED.test(whole)) return () => true
    return anywhere(table, quoted ?? whole)
  })
}

function anywhere(table: Table, term: string): Test {
  const needle = term.toLowerCase()
  const texts = searchTexts(table)
  return (_, index) => texts[index]?.includes(needle) ?? false
}

function columnTest(index: number, operator: string, value: string): Test {
  const needle = value.toLowerCase()
  if (operator === ':') return (row) => (row[index] ?? '').toLowerCase().includes(needle)
  const number = toNumber(value)
  return (row) => compares(row[index] ?? '', operator, needle, number)
}

function compares(cell: string, operator: string, needle: string, number: number): boolean {
  const text = cell.trim().toLowerCase()
  const own = toNumber(text)
  const order = Number.isNaN(own) || Number.isNaN(number) ? compareText(text, needle) : own - number
  if (operator === '=') return order === 0
  if (operator === '!=') return order !== 0
  if (text === '') return false
  if (operator === '>') return order > 0
  if (operator === '<') return order < 0
  return operator === '>=' ? order >= 0 : order <= 0
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

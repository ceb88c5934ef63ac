import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv'
import { filterRows } from './filter'
import { sortRows, type Table, tableFromJson, tableFromRows, toNumber } from './table'

const tableFromCsv = (text: string): Table => tableFromRows(parseCsv(text))

const people = tableFromCsv(
  'name,age,joined,active,share\nÉva,31,2024-05-01,true,12.5%\nbob,4,2023-11-30,false,7%\nAnna,,2025-01-02,true,3%\nbob2,100,2024-01-01,no,90%',
)
const all = people.rows.map((_, index) => index)
const names = (order: number[]): (string | undefined)[] => order.map((row) => people.rows[row]?.[0])

describe('tables', () => {
  it('know the type of each column', () => {
    expect(people.columns.map((column) => column.type)).toEqual(['text', 'number', 'date', 'boolean', 'number'])
  })

  it('come from arrays of objects, of arrays and of nothing else', () => {
    expect(tableFromJson([{ a: 1 }, { a: null, b: [2] }])).toMatchObject({
      columns: [{ name: 'a' }, { name: 'b' }],
      rows: [
        ['1', ''],
        ['', '[2]'],
      ],
    })
    expect(
      tableFromJson([
        ['x', 'y'],
        [1, 2],
      ]),
    ).toMatchObject({ columns: [{ name: 'x' }, { name: 'y' }], rows: [['1', '2']] })
    expect(tableFromJson([[1, 2]])).toMatchObject({ columns: [{ name: 'column 1' }, { name: 'column 2' }] })
    for (const other of [{ a: 1 }, [], [1, 2], null, 'text', [{ a: 1 }, 2]]) expect(tableFromJson(other)).toBeNull()
  })

  it('have as many columns as the longest row', () => {
    expect(tableFromCsv('a\n1,2,3').columns.map((column) => column.name)).toEqual(['a', 'column 2', 'column 3'])
  })
})

describe('toNumber', () => {
  it.each([
    ['1,234.5', 1234.5],
    ['-3e2', -300],
    ['12%', 12],
    ['3,14', 3.14],
    ['.5', 0.5],
    [' 7 ', 7],
  ])('reads %j', (cell, number) => {
    expect(toNumber(cell)).toBe(number)
  })
  it.each(['', 'a', '1.2.3', '1 2', '-', '%', '2024-01-01'])('refuses %j', (cell) => {
    expect(toNumber(cell)).toBeNaN()
  })
})

describe('sortRows', () => {
  it('sorts numbers as numbers, with empty cells last both ways', () => {
    expect(names(sortRows(people, all, { column: 1, descending: false }))).toEqual(['bob', 'Éva', 'bob2', 'Anna'])
    expect(names(sortRows(people, all, { column: 1, descending: true }))).toEqual(['bob2', 'Éva', 'bob', 'Anna'])
  })

  it('sorts text as people do and keeps equals in order', () => {
    expect(names(sortRows(people, all, { column: 0, descending: false }))).toEqual(['Anna', 'bob', 'bob2', 'Éva'])
    expect(names(sortRows(people, all, { column: 3, descending: true }))).toEqual(['Éva', 'Anna', 'bob2', 'bob'])
  })

  it('sorts Cyrillic and accented text in the order of the alphabet', () => {
    const words = tableFromCsv('w\nйод\nёлка\nик\nели\nиндекс\nзима\nágua\nazul\nabril')
    const order = sortRows(
      words,
      words.rows.map((_, index) => index),
      { column: 0, descending: false },
    )
    expect(order.map((row) => words.rows[row]?.[0])).toEqual([
      'abril',
      'água',
      'azul',
      'ели',
      'ёлка',
      'зима',
      'ик',
      'индекс',
      'йод',
    ])
  })

  it('is a permutation and leaves its input alone', () => {
    const given = [3, 1, 2]
    expect([...sortRows(people, given, { column: 2, descending: false })].sort()).toEqual([1, 2, 3])
    expect(given).toEqual([3, 1, 2])
    expect(sortRows(people, given, null)).toEqual(given)
  })

  it('sorts 100,000 rows by a number and by a text in a moment', () => {
    const table = tableFromCsv(
      'n,t\n' +
        Array.from({ length: 100_000 }, (_, index) => `${(index * 7919) % 100_003},name ${(index * 31) % 100_003}`).join('\n'),
    )
    const order = table.rows.map((_, index) => index)
    const started = performance.now()
    for (const column of [0, 1]) sortRows(table, order, { column, descending: true })
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('filterRows', () => {
  it.each([
    ['', 4],
    ['BOB', 2],
    ['name:bob', 2],
    ['name=bob', 1],
    ['name!=bob', 3],
    ['age>30', 2],
    ['age>=4 age<100', 2],
    ['share<=7', 2],
    ['joined>2024-04-01', 2],
    ['bob active:no', 1],
    ['"anna"', 1],
    ['nothing:here', 0],
    ['name:', 4],
    ['age>', 4],
  ])('%j passes %i rows', (filter, count) => {
    expect(filterRows(people, filter)).toHaveLength(count)
  })
})

import { describe, expect, it } from 'vitest'
import { random } from '../testing/random'
import { type Delimiter, formatCsv, guessDelimiter, parseCsv } from './csv'

const PIECES = ['a', 'B', ' ', '"', ',', ';', '\t', '|', '\n', '\r\n', 'é', '😀', '1', '""']
const DELIMITERS: Delimiter[] = [',', ';', '\t', '|']

describe('parseCsv', () => {
  it('reads back whatever formatCsv wrote', () => {
    const draw = random(42)
    for (let round = 0; round < 500; round++) {
      const delimiter = DELIMITERS[round % 4] ?? ','
      const width = 2 + draw(4)
      const cell = (): string => Array.from({ length: draw(6) }, () => PIECES[draw(PIECES.length)]).join('')
      const rows = Array.from({ length: 1 + draw(6) }, () => Array.from({ length: width }, cell))
      expect(parseCsv(formatCsv(rows, delimiter), delimiter)).toEqual(rows)
    }
  })

  it.each([
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      '\uFEFFa,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a,"b\nc","d""e"', [['a', 'b\nc', 'd"e']]],
    [
      'a,,\n,,',
      [
        ['a', '', ''],
        ['', '', ''],
      ],
    ],
    [
      'a,b\n\n\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['he said "hi",b', [['he said "hi"', 'b']]],
    ['"a"x,b', [['ax', 'b']]],
    ['"never closed,b\nc', [['never closed,b\nc']]],
    ['', []],
  ])('reads %j', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows)
  })

  it('reads 100,000 rows in a moment', () => {
    const text = 'id,name,note\n' + Array.from({ length: 100_000 }, (_, index) => `${index},"name ${index}",plain`).join('\n')
    const started = performance.now()
    expect(parseCsv(text)).toHaveLength(100_001)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('guessDelimiter', () => {
  it.each([
    ['a,b,c\n1,2,3', ','],
    ['a;b;c\n1,5;2,5;3', ';'],
    ['a\tb\n1, 2\t3', '\t'],
    ['a|b|c\n1|2|3', '|'],
    ['"x;y",b\n"p;q",2', ','],
    ['just one column\nand no more', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(guessDelimiter(text)).toBe(delimiter)
  })
})

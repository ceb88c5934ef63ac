import { afterEach, describe, expect, it } from 'vitest'
import { Desk } from './Desk'
import type { Answer, Asked, Port, Source, Wish } from './messages'
import { serve } from './serve'
import { Sheet } from './Sheet'

const channels: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) for (const port of [port1, port2]) port.close()
})

/** Both sides with a real channel between them, as between a page and its worker; `heard` is all that was asked. */
function desk(): { desk: Desk; heard: Asked[] } {
  const channel = new MessageChannel()
  channels.push(channel)
  const heard: Asked[] = []
  const port = channel.port2 as unknown as Port<Answer, Asked>
  serve({
    postMessage: (answer, options) => port.postMessage(answer, options),
    set onmessage(answer: Port<Answer, Asked>['onmessage']) {
      port.onmessage = (event) => {
        heard.push(event.data)
        answer?.(event)
      }
    },
  })
  return { desk: new Desk(channel.port1 as unknown as Port<Asked, Answer>), heard }
}

async function open(source: Source): Promise<{ sheet: Sheet; desk: Desk; heard: Asked[] }> {
  const made = desk()
  const understood = await made.desk.open(source)
  if (understood.is !== 'table') throw new Error(`not a table but ${understood.is}`)
  return { ...made, sheet: new Sheet(understood.columns, understood.rows, source.text) }
}

const rowsOf = (sheet: Sheet): (readonly string[])[] => [...sheet.ownOrder].map((row) => sheet.cells(row))
const up = (column: number, filter = ''): Wish => ({ filter, sort: { column, descending: false } })

const CITIES = '\uFEFFcity;people\r\nÉvora;56000\r\n\r\n"Porto;\r\nand Gaia";232000\r\nBraga;193000\r\n'

describe('a sheet', () => {
  it('reads each row of a CSV file where it stands, past blank lines and line ends in quotes', async () => {
    const { sheet } = await open({ format: 'csv', text: CITIES })
    expect(sheet.columns.map(({ name, type }) => [name, type])).toEqual([['city', 'text'], ['people', 'number']])
    expect(rowsOf(sheet)).toEqual([['Évora', '56000'], ['Porto;\r\nand Gaia', '232000'], ['Braga', '193000']])
    expect(sheet.cells(3)).toEqual([])
    expect(sheet.cells(undefined)).toEqual([])
    expect(sheet.cells(1)).toBe(sheet.cells(1))
  })

  it.each<Source>([
    { format: 'json', text: '[{"a": 1, "b": "x,\\n\\"y\\""}, {"a": ""}, {"b": null}]' },
    { format: 'lines', text: '{"a": 1, "b": "x,\\n\\"y\\""}\n\n{"a": ""}\n{"b": null}\n' },
  ])('reads the records of %s', async (source) => {
    const { sheet } = await open(source)
    expect(rowsOf(sheet)).toEqual([['1', 'x,\n"y"'], ['', ''], ['', '']])
  })

  it('keeps rows of one column that are empty', async () => {
    const { sheet } = await open({ format: 'json', text: '[{"a": "x"}, {"a": ""}, {"a": "y"}]' })
    expect(rowsOf(sheet)).toEqual([['x'], [''], ['y']])
  })

  it('tells of a document that is no table, and of one that is broken', async () => {
    expect(await desk().desk.open({ format: 'json', text: '[1, 2]' })).toEqual({ is: 'other' })
    expect(await desk().desk.open({ format: 'json', text: '[1,' })).toMatchObject({ is: 'broken', why: expect.stringContaining('JSON') })
  })
})

describe('a desk', () => {
  it('sorts and filters, and gives the same rows to copy', async () => {
    const { sheet, desk: at } = await open({ format: 'csv', text: CITIES })
    expect([...sheet.ownOrder]).toEqual([0, 1, 2])
    expect([...(await at.order(up(1)) ?? [])]).toEqual([0, 2, 1])
    expect([...(await at.order(up(0, 'people>100000')) ?? [])]).toEqual([2, 1])
    expect(await at.copy(up(0, 'people>100000'))).toBe('city,people\r\nBraga,193000\r\n"Porto;\r\nand Gaia",232000\r\n')
  })

  it('asks for the last of the wishes that come while one is being met', async () => {
    const { desk: at, heard } = await open({ format: 'csv', text: CITIES })
    const orders = await Promise.all(['p', 'po', 'por', 'port'].map((filter) => at.order({ filter, sort: null })))
    expect(orders.map((order) => order && [...order])).toEqual([[1], null, null, [1]])
    expect(heard.map((asked) => (asked.ask === 'order' ? asked.wish.filter : asked.ask))).toEqual(['open', 'p', 'port'])
  })

  it('tells whoever waits when the worker fails', async () => {
    const { desk: at } = await open({ format: 'csv', text: CITIES })
    const order = at.order(up(0))
    at.fail(new Error('gone'))
    await expect(order).rejects.toThrow('gone')
  })
})

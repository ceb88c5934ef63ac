import { expect, test, vi } from 'vitest'
import { row, rows } from '../testing/rows'
import type { Row } from './row'
import { EventWindow, type Answer, type Ask } from './window'

const page_rows = 10

/** A log of `last` events behind pages of ten, as the server gives them. */
function served(last: number) {
  const all = rows(1, last)
  return vi.fn(({ order, cursor, from = -Infinity, to = Infinity }: Ask): Promise<Answer> => {
    const at = cursor === null ? null : Number(cursor)
    const fits = all.filter(({ seq, ts }) => (at === null || (order === 'asc' ? seq > at : seq < at)) && ts >= from && ts < to)
    const page = order === 'asc' ? fits.slice(0, page_rows) : fits.slice(-page_rows).reverse()
    return Promise.resolve({ rows: page, next: fits.length > page_rows ? String(page.at(-1)?.seq) : null })
  })
}

const seqs = (window: EventWindow): number[] => window.rows.map(({ seq }: Row) => seq)
const numbers = (from: number, to: number): number[] => rows(from, to).map(({ seq }) => seq)
const opened = async (last: number, limit = 1000): Promise<EventWindow> => {
  const window = new EventWindow(served(last), () => undefined, limit)
  await window.open()
  return window
}

test('it opens at the newest page and goes back page by page to the first event', async () => {
  const window = await opened(25)
  expect(seqs(window)).toEqual(numbers(16, 25))
  await window.older()
  await window.older()
  expect(seqs(window)).toEqual(numbers(1, 25))
  expect(window.atOldest).toBe(true)
})

test('from the oldest it goes forward until it reaches the present, and then follows it', async () => {
  const window = new EventWindow(served(25), () => undefined)
  await window.open('oldest')
  window.live([row(26)])
  expect(window.fresh).toBe(1)
  for (let n = 0; n < 3; n++) await window.newer()
  expect(seqs(window)).toEqual(numbers(1, 26))
  expect([window.atNewest, window.fresh]).toEqual([true, 0])
})

test('a reader who left the newest row is not moved; what came in shows when they are back', async () => {
  const window = await opened(12)
  window.follow(false)
  window.live(rows(13, 15))
  expect([seqs(window).at(-1), window.fresh]).toEqual([12, 3])
  window.follow(true)
  expect([seqs(window).at(-1), window.fresh]).toEqual([15, 0])
})

test('events that come while a page is on its way are neither lost nor doubled', async () => {
  const window = new EventWindow(served(12), () => undefined)
  const opening = window.open()
  window.live(rows(11, 13))
  await opening
  expect(seqs(window)).toEqual(numbers(3, 13))
})

test('the same event told twice is there once', async () => {
  const window = await opened(12)
  window.live([row(12), row(13)])
  window.live([row(13)])
  expect(seqs(window)).toEqual(numbers(3, 13))
})

test('going far back lets go of the newest rows, and they come again on the way forward', async () => {
  const window = await opened(40, 20)
  await window.older()
  await window.older()
  expect([seqs(window), window.atNewest]).toEqual([numbers(11, 30), false])
  await window.newer()
  expect(seqs(window)).toEqual(numbers(20, 39))
  await window.newer()
  expect([seqs(window).at(-1), window.atNewest]).toEqual([40, true])
})

test('a reader away for very long gets a number, and a fresh page on return', async () => {
  const window = await opened(12)
  window.follow(false)
  window.live(rows(13, 20_100))
  expect([window.fresh, window.atNewest, seqs(window).at(-1)]).toEqual([20_088, false, 12])
})

test('a refused page is told, and opening again mends it', async () => {
  const fetch = served(5).mockRejectedValueOnce(new Error('no'))
  const window = new EventWindow(fetch, () => undefined)
  await window.open()
  expect(window.status).toBe('failed')
  await window.open()
  expect([window.status, window.rows.length]).toEqual(['ready', 5])
})

test('an answer to an older question is not taken', async () => {
  let give: (answer: Answer) => void = () => undefined
  const fetch = served(5).mockImplementationOnce(() => new Promise((resolve) => { give = resolve }))
  const window = new EventWindow(fetch, () => undefined)
  const first = window.open()
  await window.open()
  give({ rows: rows(100, 101), next: null })
  await first
  expect(seqs(window)).toEqual(numbers(1, 5))
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TerminalLink, type LinkStatus } from './link'

class FakeSocket {
  binaryType = ''
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: unknown[] = []
  constructor(readonly after: number | null) {}
  send(data: unknown): void { this.sent.push(typeof data === 'string' ? JSON.parse(data) : data) }
  close(): void { /* the page closed it */ }
  tell(frame: object): void { this.onmessage?.({ data: JSON.stringify(frame) }) }
  hello(start: number, offset: number, more: object = {}): void { this.tell({ type: 'hello', start, offset, rows: 24, cols: 80, viewers: 1, writable: true, ...more }) }
  print(bytes: Uint8Array): void { this.onmessage?.({ data: bytes.slice().buffer }) }
}

const sockets: FakeSocket[] = []
const last = (): FakeSocket => sockets.at(-1) as FakeSocket
const settle = async () => { await vi.advanceTimersByTimeAsync(0) }

/** A link whose screen draws everything at once, unless `draw` says otherwise. */
function linked({ draw = true } = {}) {
  const shown: number[] = []
  const lost: number[] = []
  const statuses: LinkStatus[] = []
  const link: TerminalLink = new TerminalLink({
    connect: (after) => { const socket = new FakeSocket(after); sockets.push(socket); return Promise.resolve(socket as unknown as WebSocket) },
    output: (bytes, end) => { shown.push(...bytes); if (draw) link.shown(end) },
    lost: (bytes) => { lost.push(bytes) }, status: (status) => { statuses.push(status) }, random: () => 0,
  })
  link.start()
  return { link, shown, lost, statuses }
}

const stretch = (from: number, to: number): Uint8Array => Uint8Array.from({ length: to - from }, (_, index) => (from + index) % 251)

beforeEach(() => { vi.useFakeTimers(); sockets.length = 0 })
afterEach(() => { vi.useRealTimers() })

test('output that is cut anywhere goes on after the last byte that came', async () => {
  const { link, shown } = linked()
  await settle()
  expect(last().after).toBeNull()
  last().hello(0, 0)
  for (let at = 0; at < 5000;) {
    const next = at + 137
    last().print(stretch(at, next))
    at = next
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(last().after).toBe(at)
    last().hello(at, at)
  }
  expect(shown).toEqual([...stretch(0, link.received)])
})

test('a flood is acknowledged as it is drawn, not as it comes', async () => {
  const { link } = linked({ draw: false })
  await settle()
  last().hello(0, 0)
  last().print(stretch(0, 100_000))
  expect(last().sent).toEqual([])
  link.shown(20_000)
  expect(last().sent).toEqual([])
  link.shown(40_000)
  link.shown(100_000)
  expect(last().sent).toEqual([{ type: 'ack', offset: 40_000 }, { type: 'ack', offset: 100_000 }])
})

test('what the server let go is told, and counted as past', async () => {
  const { link, lost } = linked()
  await settle()
  last().hello(0, 0)
  last().print(stretch(0, 100))
  last().tell({ type: 'gap', from: 100, to: 900 })
  last().print(stretch(900, 950))
  expect([lost, link.received]).toEqual([[800], 950])
})

test('a first look begins where the server begins, and nothing is said to be lost', async () => {
  const { link, lost } = linked({ draw: false })
  await settle()
  last().hello(5000, 6000)
  expect([link.received, lost, link.isReplaying]).toEqual([5000, [], true])
  last().print(stretch(5000, 6000))
  link.shown(6000)
  expect(link.isReplaying).toBe(false)
})

test('nothing is typed into a terminal that one may only watch', async () => {
  const { link } = linked()
  await settle()
  last().hello(0, 0, { writable: false })
  link.write(new TextEncoder().encode('rm -rf'))
  link.resize(10, 10)
  expect(last().sent).toEqual([])
})

test('a long paste goes in pieces, in order', async () => {
  const { link } = linked()
  await settle()
  last().hello(0, 0)
  const pasted = stretch(0, 40_000) as Uint8Array<ArrayBuffer>
  link.write(pasted)
  expect((last().sent as Uint8Array[]).flatMap((piece) => [...piece])).toEqual([...pasted])
  expect(last().sent.length).toBe(3)
})

test('a terminal that is gone is not asked for again', async () => {
  const { statuses } = linked()
  await settle()
  last().onclose?.({ code: 4400 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect([statuses.at(-1), sockets.length]).toEqual(['gone', 1])
})

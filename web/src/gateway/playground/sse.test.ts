import { describe, expect, it } from 'vitest'
import { SseReader } from './sse'

const stream = ': hello\r\nevent: a\r\ndata: {"x":1}\r\n\r\ndata: one\ndata: two\n\n\nevent: lost\n\ndata:no space\r\rdata: é😀\n\n'
const events = [{ event: 'a', data: '{"x":1}' }, { event: '', data: 'one\ntwo' }, { event: '', data: 'no space' }, { event: '', data: 'é😀' }]

describe('SseReader', () => {
  it('reads events whatever ends their lines', () => expect(new SseReader().feed(stream)).toEqual(events))
  it('reads the same from every cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new SseReader()
      expect([...reader.feed(stream.slice(0, cut)), ...reader.feed(stream.slice(cut))]).toEqual(events)
    }
  })
  it('reads the same letter by letter', () => {
    const reader = new SseReader()
    expect([...stream].flatMap((letter) => reader.feed(letter))).toEqual(events)
  })
  it('keeps an event back that is not ended', () => expect(new SseReader().feed('data: half\n')).toEqual([]))
})

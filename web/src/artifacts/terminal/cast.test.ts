import { describe, expect, it } from 'vitest'
import { eventsUntil, readCast, resizeOf } from './cast'

const lines = (...events: unknown[]): string => ['{"version": 2, "width": 100, "height": 30}', ...events.map((event) => JSON.stringify(event))].join('\n')

describe('readCast', () => {
  it('reads output and resizes, and leaves out what was typed and what is broken', () => {
    const cast = readCast(`${lines([0.5, 'o', 'a'], [0.6, 'i', 'x'], [0.7, 'r', '90x20'], 'no event', [1, 'o', 'b'])}\n[2, "o", "cu`)
    expect(cast).toMatchObject({ width: 100, height: 30, duration_s: 1 })
    expect(cast?.events.map(({ kind, data }) => kind + data)).toEqual(['oa', 'r90x20', 'ob'])
  })

  it('cuts long pauses short and never runs backwards', () => {
    const cast = readCast(lines([1, 'o', 'a'], [100, 'o', 'b'], [50, 'o', 'c'], [100.5, 'o', 'd']))
    expect(cast?.events.map((event) => event.at)).toEqual([1, 3, 3, 3.5])
  })

  it.each(['', 'hello', '[1]', '42'])('%j is no recording', (text) => expect(readCast(text)).toBeNull())

  it('bounds the size of the terminal', () => {
    expect(readCast('{"version": 2, "width": 1e9, "height": -1}')).toMatchObject({ width: 500, height: 24 })
    expect(resizeOf('9999x9999')).toEqual({ width: 500, height: 200 })
    expect(resizeOf('big')).toBeNull()
  })
})

it('finds what has happened by a second', () => {
  const events = readCast(lines([1, 'o', ''], [2, 'o', ''], [2, 'o', ''], [3, 'o', '']))?.events ?? []
  expect([0, 1, 2, 2.5, 9].map((at) => eventsUntil(events, at))).toEqual([0, 1, 3, 3, 4])
})

import { describe, expect, it } from 'vitest'
import { readChart } from './read'
import { extentOf, ticks } from './scale'

describe('readChart', () => {
  it('reads rows and what shall be drawn of them', () => {
    const chart = readChart({ chart: { type: 'bar', x: 'm', y: ['a'], title: 'T' }, rows: [{ m: 'May', a: 1 }, { m: 'June', a: '2' }, { m: 'July', a: null }] })
    expect(chart).toMatchObject({ kind: 'bar', title: 'T', xLabel: 'm', yLabel: 'a', x: ['May', 'June', 'July'] })
    expect(chart?.series).toEqual([{ name: 'a', values: [1, 2, null] }])
  })

  it('finds the columns of numbers by itself', () => {
    const chart = readChart({ chart: {}, rows: [{ day: 1, a: 2, note: 'x', b: 3 }] })
    expect(chart).toMatchObject({ kind: 'line', x: [1] })
    expect(chart?.series.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it("reads the code interpreter's lines and bars", () => {
    const lines = readChart({ type: 'line', title: 'L', x_label: 'x', y_label: 'y', elements: [{ label: 'one', points: [[2, 4], [1, 3]] }, { label: 'two', points: [[1, 9]] }] })
    expect(lines).toMatchObject({ kind: 'line', x: [1, 2], series: [{ name: 'one', values: [3, 4] }, { name: 'two', values: [9, null] }] })
    const bars = readChart({ type: 'bar', y_label: 'n', elements: [{ label: 'a', group: '', value: 1 }, { label: 'b', group: '', value: 2 }] })
    expect(bars).toMatchObject({ kind: 'bar', x: ['a', 'b'], series: [{ name: 'n', values: [1, 2] }] })
  })

  it.each([null, 1, [], {}, { chart: 1, rows: [] }, { chart: {}, rows: [] }, { chart: {}, rows: [{ a: 'x' }] }, { elements: [1] }])('%j is no chart', (value) => {
    expect(readChart(value)).toBeNull()
  })
})

describe('scales', () => {
  it('has round ticks inside the extent', () => {
    expect(ticks({ low: 0, high: 1 }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticks({ low: -3, high: 97 }, 4)).toEqual([0, 50])
    expect(ticks({ low: 5, high: 5 }, 4)).toEqual([5])
  })

  it('stands on the ground, and has room elsewhere', () => {
    expect(extentOf([5, 10, null], true)).toEqual({ low: 0, high: 10.5 })
    expect(extentOf([], false)).toEqual({ low: 0, high: 1 })
    expect(extentOf([3], false)).toEqual({ low: 2, high: 4 })
  })
})

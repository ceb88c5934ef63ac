/** What stays the same between two sequences of numbers: pairs of positions, rising in both. */
export type Match = [a: number, b: number]

/** Edits beyond which a stretch is shown as replaced whole: keeps the search under about 4 MB and 30 ms. */
const MAX_EDITS = 1000

/**
 * Patience diff (Bram Cohen): equal ends, then elements unique to both sides as anchors, then the greedy search of
 * Myers (1986) in the stretches between.
 */
export function matchSequences(a: Int32Array, b: Int32Array): Match[] {
  const matches: Match[] = []
  matchStretch(a, b, 0, a.length, 0, b.length, matches)
  return matches
}

function matchStretch(a: Int32Array, b: Int32Array, aFrom: number, aTo: number, bFrom: number, bTo: number, out: Match[]): void {
  while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) out.push([aFrom++, bFrom++])
  let tail = 0
  while (aFrom < aTo - tail && bFrom < bTo - tail && a[aTo - 1 - tail] === b[bTo - 1 - tail]) tail++
  matchMiddle(a, b, aFrom, aTo - tail, bFrom, bTo - tail, out)
  for (let left = tail; left > 0; left--) out.push([aTo - left, bTo - left])
}

function matchMiddle(a: Int32Array, b: Int32Array, aFrom: number, aTo: number, bFrom: number, bTo: number, out: Match[]): void {
  if (aFrom === aTo || bFrom === bTo) return
  const anchors = uniqueAnchors(a, b, aFrom, aTo, bFrom, bTo)
  if (anchors.length === 0) {
    out.push(...myers(a.subarray(aFrom, aTo), b.subarray(bFrom, bTo)).map(([x, y]): Match => [x + aFrom, y + bFrom]))
    return
  }
  let [aAt, bAt] = [aFrom, bFrom]
  for (const [x, y] of anchors) {
    matchStretch(a, b, aAt, x, bAt, y, out)
    out.push([x, y])
    ;[aAt, bAt] = [x + 1, y + 1]
  }
  matchStretch(a, b, aAt, aTo, bAt, bTo, out)
}

function uniqueAnchors(a: Int32Array, b: Int32Array, aFrom: number, aTo: number, bFrom: number, bTo: number): Match[] {
  const inB = uniquePositions(b, bFrom, bTo)
  const pairs: Match[] = []
  for (const [value, x] of uniquePositions(a, aFrom, aTo)) {
    const y = inB.get(value)
    if (x >= 0 && y !== undefined && y >= 0) pairs.push([x, y])
  }
  return longestRising(pairs.sort((one, other) => one[0] - other[0]))
}

/** Position of every value in a stretch; -1 for a value that occurs again. */
function uniquePositions(values: Int32Array, from: number, to: number): Map<number, number> {
  const positions = new Map<number, number>()
  for (let at = from; at < to; at++) {
    const value = values[at] ?? 0
    positions.set(value, positions.has(value) ? -1 : at)
  }
  return positions
}

/** Longest subsequence whose second members rise (patience sorting). */
function longestRising(pairs: Match[]): Match[] {
  const tops: number[] = []
  const before: number[] = []
  pairs.forEach(([, y], index) => {
    let low = 0
    let high = tops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[tops[middle] ?? 0]?.[1] ?? 0) < y) low = middle + 1
      else high = middle
    }
    before[index] = low > 0 ? (tops[low - 1] ?? -1) : -1
    tops[low] = index
  })
  const rising: Match[] = []
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at]
    if (pair) rising.push(pair)
  }
  return rising.reverse()
}

function myers(a: Int32Array, b: Int32Array): Match[] {
  const limit = Math.min(a.length + b.length, MAX_EDITS)
  const middle = limit + 1
  const reach = new Int32Array(2 * limit + 3)
  const trace: Int32Array[] = []
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(reach.slice(middle - edits - 1, middle + edits + 2))
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach[middle + k - 1] ?? 0) < (reach[middle + k + 1] ?? 0))
      let x = down ? (reach[middle + k + 1] ?? 0) : (reach[middle + k - 1] ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach[middle + k] = x
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length)
    }
  }
  return []
}

function walkBack(trace: Int32Array[], aLength: number, bLength: number): Match[] {
  const matches: Match[] = []
  let x = aLength
  let y = bLength
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] ?? new Int32Array()
    const at = (k: number): number => reach[k + edits + 1] ?? 0
    const k = x - y
    const down = k === -edits || (k !== edits && at(k - 1) < at(k + 1))
    const xBefore = edits === 0 ? 0 : at(down ? k + 1 : k - 1)
    const yBefore = edits === 0 ? 0 : xBefore - (down ? k + 1 : k - 1)
    while (x > xBefore && y > yBefore) matches.push([--x, --y])
    ;[x, y] = [xBefore, yBefore]
  }
  return matches.reverse()
}

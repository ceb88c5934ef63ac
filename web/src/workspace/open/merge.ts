import { matchSequences } from '@/artifacts/diff/sequence'

export interface Merged {
  text: string
  /** Places where both changed the same lines; they carry marks, to be settled by hand. */
  conflicts: number
}

const marks = { mine: '<<<<<<< mine\n', middle: '=======\n', theirs: '>>>>>>> theirs\n' }

/** Lines with their ends, so that joining them gives the text again. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []
const ended = (lines: string[]): string => { const text = lines.join(''); return text === '' || text.endsWith('\n') ? text : `${text}\n` }

/** For each line of `base` its place in `other`, -1 where it is gone. */
function places(base: Int32Array, other: Int32Array): Int32Array {
  const found = new Int32Array(base.length).fill(-1)
  for (const [a, b] of matchSequences(base, other)) found[a] = b
  return found
}

function intern(...texts: string[][]): Int32Array[] {
  const numbers = new Map<string, number>()
  return texts.map((lines) => Int32Array.from(lines, (line) => {
    const known = numbers.get(line) ?? numbers.size
    numbers.set(line, known)
    return known
  }))
}

/**
 * What both made of `base`, in one text: a change that only one of them made is taken, the same change of both once
 * (diff3, after Khanna, Kunal and Pierce 2007).
 */
export function merge(base: string, mine: string, theirs: string): Merged {
  const [o, a, b] = [linesOf(base), linesOf(mine), linesOf(theirs)]
  const [oKeys, aKeys, bKeys] = intern(o, a, b) as [Int32Array, Int32Array, Int32Array]
  const [inMine, inTheirs] = [places(oKeys, aKeys), places(oKeys, bKeys)]
  const out: string[] = []
  let conflicts = 0
  let [oAt, aAt, bAt] = [0, 0, 0]
  const settle = (oTo: number, aTo: number, bTo: number) => {
    const [was, one, other] = [o.slice(oAt, oTo), a.slice(aAt, aTo), b.slice(bAt, bTo)]
    const [before, ours, their] = [was.join(''), one.join(''), other.join('')]
    if (ours === their || their === before) out.push(ours)
    else if (ours === before) out.push(their)
    else { conflicts++; out.push(marks.mine, ended(one), marks.middle, ended(other), marks.theirs) }
  }
  for (let at = 0; at <= o.length; at++) {
    const [x, y] = at === o.length ? [a.length, b.length] : [inMine[at] ?? -1, inTheirs[at] ?? -1]
    if (x < aAt || y < bAt) continue
    settle(at, x, y)
    if (at < o.length) out.push(o[at] ?? '')
    ;[oAt, aAt, bAt] = [at + 1, x + 1, y + 1]
  }
  return { text: out.join(''), conflicts }
}

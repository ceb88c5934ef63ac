/** Every value of a document in the order in which they stand, parents before members: typed arrays, which a worker hands over uncopied. */
export interface JsonNodes {
  /** Where the text of each value begins, and where it has ended. */
  start: Uint32Array<ArrayBuffer>
  end: Uint32Array<ArrayBuffer>
  /** The branch that it is a member of; its own number for the root. */
  parent: Uint32Array<ArrayBuffer>
  /** Where its name stands in the text, under an object; its index, under an array. */
  name: Uint32Array<ArrayBuffer>
  depth: Uint32Array<ArrayBuffer>
  /** Members of a branch, 0 for a leaf. */
  size: Uint32Array<ArrayBuffer>
  /** The first value after all that it holds. */
  next: Uint32Array<ArrayBuffer>
}

const QUOTE = 34
const COMMA = 44
const COLON = 58
const BACKSLASH = 92
const SPACE = 32
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

export const isOpening = (code: number): boolean => code === OPEN_OBJECT || code === OPEN_ARRAY
export const isClosing = (code: number): boolean => code === CLOSE_OBJECT || code === CLOSE_ARRAY

/** Where a string has ended that begins at a quote. */
export function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return text.length
}

/** Where a value without members has ended. */
export function endOfLeaf(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return endOfString(text, from)
  let at = from + 1
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= SPACE || code === COMMA || isClosing(code)) break
  }
  return at
}

/** The values read so far, and the branches that are not at their end. */
class Reading {
  readonly #start: number[] = []
  readonly #end: number[] = []
  readonly #parent: number[] = []
  readonly #name: number[] = []
  readonly #depth: number[] = []
  readonly #size: number[] = []
  readonly #next: number[] = []
  readonly #open: { node: number; isObject: boolean }[] = []
  /** Where the name of the value to come stands. */
  named = 0

  get isInObject(): boolean {
    return this.#open.at(-1)?.isObject ?? false
  }

  leaf(from: number, to: number): void {
    const above = this.#open.at(-1)
    const place = above ? (this.#size[above.node] ?? 0) : 0
    if (above) this.#size[above.node] = place + 1
    this.#name.push(above?.isObject ? this.named : place)
    this.#parent.push(above?.node ?? 0)
    this.#depth.push(this.#open.length)
    this.#start.push(from)
    this.#end.push(to)
    this.#size.push(0)
    this.#next.push(this.#start.length)
  }

  branch(from: number, isObject: boolean): void {
    this.leaf(from, from)
    this.#open.push({ node: this.#start.length - 1, isObject })
  }

  close(to: number): void {
    const { node } = this.#open.pop() ?? { node: 0 }
    this.#end[node] = to
    this.#next[node] = this.#start.length
  }

  nodes(): JsonNodes {
    return {
      start: new Uint32Array(this.#start),
      end: new Uint32Array(this.#end),
      parent: new Uint32Array(this.#parent),
      name: new Uint32Array(this.#name),
      depth: new Uint32Array(this.#depth),
      size: new Uint32Array(this.#size),
      next: new Uint32Array(this.#next),
    }
  }
}

/** The values of a valid document; with `isLines` of a valid document a line, as members of one list. */
export function scanJson(text: string, isLines = false): JsonNodes {
  const reading = new Reading()
  let isNameNext = false
  if (isLines) reading.branch(0, false)
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code <= SPACE || code === COLON) at++
    else if (code === COMMA) {
      isNameNext = reading.isInObject
      at++
    } else if (isOpening(code)) {
      isNameNext = code === OPEN_OBJECT
      reading.branch(at++, isNameNext)
    } else if (isClosing(code)) {
      isNameNext = false
      reading.close(++at)
    } else {
      const to = endOfLeaf(text, at)
      if (isNameNext) reading.named = at
      else reading.leaf(at, to)
      isNameNext = false
      at = to
    }
  }
  if (isLines) reading.close(text.length)
  return reading.nodes()
}

import { endOfString, type JsonNodes } from './scan'

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export interface TreeRow {
  node: number
  /** Name or index under its parent; null for the root. */
  key: string | null
  depth: number
  kind: JsonKind
  /** The value as JSON for a leaf, its members in brief for a closed branch. */
  preview: string
  /** Members of a branch, 0 for a leaf. */
  size: number
  open: boolean
}

/** Which branches show their members: those above a depth, and those that the reader turned the other way. */
export interface Openness {
  depth: number
  turned: ReadonlySet<number>
}

const PREVIEW_CHARS = 80
const PREVIEW_MEMBERS = 12
const MEMBER_CHARS = 24
/** Of a longer string the beginning is shown. */
const LEAF_CHARS = 4000
const KINDS: Record<string, JsonKind> = { '{': 'object', '[': 'array', '"': 'string', t: 'boolean', f: 'boolean', n: 'null' }

/** A document as the page has it: its text, and where in it each value stands; rows are read when they are looked at. */
export class JsonTree {
  readonly text: string
  readonly nodes: JsonNodes
  readonly #isLines: boolean

  constructor(text: string, nodes: JsonNodes, isLines = false) {
    this.text = text
    this.nodes = nodes
    this.#isLines = isLines
  }

  /** Values in sight, top to bottom. */
  visible({ depth, turned }: Openness): Uint32Array {
    const { depth: depths, size, next } = this.nodes
    const shown = new Uint32Array(size.length)
    let count = 0
    for (let node = 0; node < size.length; ) {
      shown[count++] = node
      const isOpen = size[node] !== 0 && (depths[node] ?? 0) < depth !== turned.has(node)
      node = isOpen ? node + 1 : (next[node] ?? size.length)
    }
    return shown.subarray(0, count)
  }

  row(node: number, { depth, turned }: Openness): TreeRow {
    const size = this.nodes.size[node] ?? 0
    const level = this.nodes.depth[node] ?? 0
    const open = size > 0 && level < depth !== turned.has(node)
    return { node, key: this.#key(node), depth: level, kind: this.kind(node), preview: open ? '' : this.#preview(node), size, open }
  }

  kind(node: number): JsonKind {
    if (this.#isLines && node === 0) return 'array'
    return KINDS[this.text.charAt(this.nodes.start[node] ?? 0)] ?? 'number'
  }

  /** The JSON Pointer (RFC 6901) of a value. */
  path(node: number): string {
    const key = this.#key(node)
    return key === null ? '' : `${this.path(this.nodes.parent[node] ?? 0)}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }

  #key(node: number): string | null {
    if (node === 0) return null
    const name = this.nodes.name[node] ?? 0
    if (this.kind(this.nodes.parent[node] ?? 0) === 'array') return String(name)
    return JSON.parse(this.text.slice(name, endOfString(this.text, name))) as string
  }

  #preview(node: number): string {
    const kind = this.kind(node)
    if (kind !== 'object' && kind !== 'array') return this.#leaf(node)
    const size = this.nodes.size[node] ?? 0
    const members: string[] = []
    for (let member = node + 1; members.length < Math.min(size, PREVIEW_MEMBERS); member = this.nodes.next[member] ?? 0)
      members.push(kind === 'object' ? `${this.#key(member) ?? ''}: ${this.#inBrief(member)}` : this.#inBrief(member))
    const isMore = size > PREVIEW_MEMBERS
    return kind === 'object' ? brief('{', members, isMore, '}') : brief('[', members, isMore, ']')
  }

  #inBrief(node: number): string {
    const kind = this.kind(node)
    const isEmpty = this.nodes.size[node] === 0
    if (kind === 'array') return isEmpty ? '[]' : '[…]'
    if (kind === 'object') return isEmpty ? '{}' : '{…}'
    const text = this.#leaf(node)
    return text.length > MEMBER_CHARS ? `${text.slice(0, MEMBER_CHARS - 1)}…` : text
  }

  /** A number keeps all its digits; of a string only what must be is escaped. */
  #leaf(node: number): string {
    const { start, end } = this.nodes
    const from = start[node] ?? 0
    const to = end[node] ?? 0
    if (to - from > LEAF_CHARS) return `${this.text.slice(from, from + LEAF_CHARS)}…`
    const text = this.text.slice(from, to)
    return text.includes('\\') ? JSON.stringify(JSON.parse(text)) : text
  }
}

function brief(open: string, parts: string[], more: boolean, close: string): string {
  let text = ''
  for (const part of parts) {
    if (text.length + part.length > PREVIEW_CHARS) return `${open}${text}, …${close}`
    text += text ? `, ${part}` : part
  }
  return `${open}${text}${more ? ', …' : ''}${close}`
}

/** The place of a value among those in sight; of one that is not, the place of the closed branch it is in. */
export function placeOf(visible: Uint32Array, node: number): number {
  let low = 0
  let high = visible.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((visible[middle] ?? 0) <= node) low = middle
    else high = middle - 1
  }
  return low
}

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export interface TreeRow {
  /** JSON Pointer (RFC 6901) of the value. */
  path: string
  /** Name or index under its parent; null for the root. */
  key: string | null
  depth: number
  kind: JsonKind
  /** The value as JSON for a leaf, its members in brief for a branch. */
  preview: string
  /** Members of a branch, 0 for a leaf. */
  size: number
  open: boolean
}

const PREVIEW_CHARS = 80

export function kindOf(value: unknown): JsonKind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'object' || type === 'string' || type === 'number' ? type : 'boolean'
}

/** Visible rows, top to bottom: a branch's members only when `isOpen` says so. */
export function flattenJson(root: unknown, isOpen: (path: string, depth: number) => boolean): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (value: unknown, path: string, key: string | null, depth: number): void => {
    const members = membersOf(value)
    const open = members.length > 0 && isOpen(path, depth)
    rows.push({ path, key, depth, kind: kindOf(value), preview: open ? '' : previewOf(value), size: members.length, open })
    if (open) for (const [name, member] of members) visit(member, `${path}/${escapePointer(name)}`, name, depth + 1)
  }
  visit(root, '', null, 0)
  return rows
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The value at a JSON Pointer, undefined when there is none. */
export function valueAt(root: unknown, path: string): unknown {
  if (path === '') return root
  let value: unknown = root
  for (const part of path.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return value
}

function previewOf(value: unknown): string {
  if (Array.isArray(value)) return brief('[', value.slice(0, 12).map(leafPreview), value.length > 12, ']')
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return brief(
      '{',
      entries.slice(0, 12).map(([name, member]) => `${name}: ${leafPreview(member)}`),
      entries.length > 12,
      '}',
    )
  }
  return JSON.stringify(value)
}

function leafPreview(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? '[…]' : '[]'
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0 ? '{…}' : '{}'
  const text = JSON.stringify(value)
  return text.length > 24 ? `${text.slice(0, 23)}…` : text
}

function brief(open: string, parts: string[], more: boolean, close: string): string {
  let text = ''
  for (const part of parts) {
    if (text.length + part.length > PREVIEW_CHARS) return `${open}${text}, …${close}`
    text += text ? `, ${part}` : part
  }
  return `${open}${text}${more ? ', …' : ''}${close}`
}

import { shapeOf, type Schema } from './schema'

/** What was typed and is no value of its type yet: a number half written, JSON that does not parse. */
export class Unread {
  constructor(readonly text: string) {}
}

export type Json = Record<string, unknown>
export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unread)

/** What a form begins with: no more than what is asked for. Optional fields stay out, so that the server's own defaults hold. */
export function initialOf(schema: Schema | boolean | undefined, root: Schema, depth = 0): unknown {
  const shape = shapeOf(schema, root)
  if (shape.kind === 'constant') return shape.value
  if (shape.fallback !== undefined) return structuredClone(shape.fallback)
  switch (shape.kind) {
    case 'switch': return false
    case 'enum': return shape.values.length === 1 ? shape.values[0] : undefined
    case 'list': return []
    case 'object': return depth > 8 ? {} : Object.fromEntries(shape.fields.filter((field) => field.required).map((field) => [field.name, initialOf(field.schema, root, depth + 1)]).filter(([, value]) => value !== undefined))
    case 'choice': return initialOf(shape.variants[0], root, depth + 1)
    default: return undefined
  }
}

/** The object with one field changed; `undefined` takes the field out. */
export function withField(object: unknown, name: string, value: unknown): Json {
  const { [name]: _old, ...rest } = isObject(object) ? object : {}
  if (value === undefined) return rest
  return isObject(object) && name in object ? { ...object, [name]: value } : { ...rest, [name]: value }
}

/** A value as the text of the JSON editor; what could not be read stays as it was typed. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value ?? {}, (_, item: unknown) => (item instanceof Unread ? item.text : item), 2)
}

/** One JSON object from text; null when it is none. */
export function readObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** An example to begin with: what the schema offers as one, else its defaults, else something of the right type. */
export function exampleOf(schema: Schema | boolean | undefined, root: Schema, depth = 0): unknown {
  const shape = shapeOf(schema, root)
  const [given] = shape.schema.examples ?? []
  if (given !== undefined) return given
  if (shape.fallback !== undefined && shape.fallback !== null) return shape.fallback
  switch (shape.kind) {
    case 'constant': return shape.value
    case 'enum': return shape.values[0]
    case 'number': return shape.schema.minimum ?? 1
    case 'switch': return true
    case 'text': return 'text'
    case 'list': return depth > 4 ? [] : [exampleOf(shape.items, root, depth + 1)]
    case 'object': return depth > 4 ? {} : Object.fromEntries(shape.fields.filter((field) => field.required).map((field) => [field.name, exampleOf(field.schema, root, depth + 1)]))
    case 'choice': return exampleOf(shape.variants[0], root, depth + 1)
    case 'any': return null
  }
}

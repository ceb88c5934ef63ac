import { resolve, shapeOf, type Schema, type Shape } from './schema'
import { isObject, Unread } from './value'

export type MistakeKind =
  | 'needed' | 'badType' | 'badNumber' | 'wholeNumber' | 'badJson' | 'tooSmall' | 'tooLarge' | 'multiple' | 'tooShort' | 'tooLong' | 'pattern' | 'format' | 'notOne' | 'fewItems' | 'manyItems' | 'twice'
/** What is wrong at a path (as in `/items/0/name`), with the bound that was missed. */
export interface Mistake { path: string; kind: MistakeKind; n?: number }

export const join = (path: string, name: string | number): string => `${path}/${String(name).replace(/~/g, '~0').replace(/\//g, '~1')}`

/** What the schema has against a value. The server checks again: this is to tell a person at once, at the right field. */
export function check(schema: Schema | boolean | undefined, value: unknown, root: Schema, path = ''): Mistake[] {
  const shape = shapeOf(schema, root)
  if (value instanceof Unread) return [{ path, kind: shape.kind === 'number' ? 'badNumber' : 'badJson' }]
  if (value === null && shape.nullable) return []
  switch (shape.kind) {
    case 'constant': return sameJson(value, shape.value) ? [] : [{ path, kind: 'notOne' }]
    case 'enum': return shape.values.some((one) => sameJson(one, value)) ? [] : [{ path, kind: 'notOne' }]
    case 'text': return typeof value === 'string' ? checkText(value, shape.schema, path) : [{ path, kind: 'badType' }]
    case 'number': return typeof value === 'number' ? checkNumber(value, shape.schema, path) : [{ path, kind: 'badNumber' }]
    case 'switch': return typeof value === 'boolean' ? [] : [{ path, kind: 'badType' }]
    case 'list': return Array.isArray(value) ? checkList(value, shape, root, path) : [{ path, kind: 'badType' }]
    case 'object': return isObject(value) ? checkObject(value, shape, root, path) : [{ path, kind: 'badType' }]
    case 'choice': return checkChoice(value, shape.variants, root, path)
    case 'any': return []
  }
}

type Of<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>

function checkObject(value: Record<string, unknown>, { fields, extra }: Of<'object'>, root: Schema, path: string): Mistake[] {
  const known = new Set(fields.map((field) => field.name))
  const own = fields.flatMap(({ name, schema, required }): Mistake[] => {
    const found = value[name]
    if (found === undefined) return required ? [{ path: join(path, name), kind: 'needed' }] : []
    return check(schema, found, root, join(path, name))
  })
  const others = extra ? Object.entries(value).filter(([name]) => !known.has(name)) : []
  return [...own, ...others.flatMap(([name, found]) => check(extra ?? {}, found, root, join(path, name)))]
}

function checkList(value: unknown[], { items, schema }: Of<'list'>, root: Schema, path: string): Mistake[] {
  const inside = value.flatMap((item, index): Mistake[] => (item === undefined ? [{ path: join(path, index), kind: 'needed' }] : check(items, item, root, join(path, index))))
  if (schema.minItems !== undefined && value.length < schema.minItems) inside.unshift({ path, kind: 'fewItems', n: schema.minItems })
  if (schema.maxItems !== undefined && value.length > schema.maxItems) inside.unshift({ path, kind: 'manyItems', n: schema.maxItems })
  if (schema.uniqueItems && new Set(value.map((item) => JSON.stringify(item))).size < value.length) inside.unshift({ path, kind: 'twice' })
  return inside
}

/** The mistakes of the variant that fits best. */
function checkChoice(value: unknown, variants: readonly Schema[], root: Schema, path: string): Mistake[] {
  const all = variants.map((variant) => check(variant, value, root, path)).sort((a, b) => a.length - b.length)
  return all[0] ?? []
}

/** Which variant a value is of: constants that match count most, then the fewest mistakes. */
export function fitting(value: unknown, variants: readonly Schema[], root: Schema): number {
  const scores = variants.map((variant, index) => ({ index, score: marks(value, variant, root) * 100 - check(variant, value, root).length * 10 - index / 100 }))
  return scores.sort((a, b) => b.score - a.score)[0]?.index ?? 0
}

function marks(value: unknown, variant: Schema, root: Schema): number {
  if (!isObject(value)) return 0
  return Object.entries(resolve(variant, root).properties ?? {}).filter(([name, field]) => {
    const shape = shapeOf(field, root)
    return shape.kind === 'constant' && sameJson(value[name], shape.value)
  }).length
}

function checkNumber(value: number, schema: Schema, path: string): Mistake[] {
  if (schema.type === 'integer' && !Number.isInteger(value)) return [{ path, kind: 'wholeNumber' }]
  const { minimum: least, maximum: most, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf: step } = schema
  if (least !== undefined && value < least) return [{ path, kind: 'tooSmall', n: least }]
  if (above !== undefined && value <= above) return [{ path, kind: 'tooSmall', n: above }]
  if (most !== undefined && value > most) return [{ path, kind: 'tooLarge', n: most }]
  if (below !== undefined && value >= below) return [{ path, kind: 'tooLarge', n: below }]
  if (step !== undefined && Math.abs(value / step - Math.round(value / step)) > 1e-9) return [{ path, kind: 'multiple', n: step }]
  return []
}

const formats: Record<string, RegExp> = {
  email: /^[^\s@]+@[^\s@]+$/, uri: /^[a-z][a-z0-9+.-]*:\S+$/i, date: /^\d{4}-\d\d-\d\d$/, time: /^\d\d:\d\d(:\d\d)?/,
  'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/, uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, ipv4: /^\d{1,3}(\.\d{1,3}){3}$/,
}

function checkText(value: string, schema: Schema, path: string): Mistake[] {
  const length = [...value].length
  if (schema.minLength !== undefined && length < schema.minLength) return [{ path, kind: 'tooShort', n: schema.minLength }]
  if (schema.maxLength !== undefined && length > schema.maxLength) return [{ path, kind: 'tooLong', n: schema.maxLength }]
  if (schema.pattern !== undefined && !fits(schema.pattern, value)) return [{ path, kind: 'pattern' }]
  const format = formats[schema.format ?? '']
  return format && !format.test(value) ? [{ path, kind: 'format' }] : []
}

/** Patterns come from strangers and in other dialects: one that does not compile holds nothing against a value. */
function fits(pattern: string, value: string): boolean {
  try {
    return value.length > 2000 || new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** A JSON schema as tools declare their arguments: whatever is not understood is still edited, as JSON. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  default?: unknown
  examples?: unknown[]
  enum?: unknown[]
  const?: unknown
  format?: string
  contentMediaType?: string
  writeOnly?: boolean
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema | boolean
  prefixItems?: Schema[]
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
  $defs?: Record<string, Schema>
  definitions?: Record<string, Schema>
}

export interface FieldSchema { name: string; schema: Schema; required: boolean }

interface Common { title: string | undefined; description: string | undefined; fallback: unknown; nullable: boolean; schema: Schema }

/** What a schema asks for, as one of the few things that have a control of their own. */
export type Shape = Common & (
  | { kind: 'text' | 'number' | 'switch' | 'any' }
  | { kind: 'constant'; value: unknown }
  | { kind: 'enum'; values: readonly unknown[] }
  | { kind: 'object'; fields: readonly FieldSchema[]; extra: Schema | null }
  | { kind: 'list'; items: Schema }
  | { kind: 'choice'; variants: readonly Schema[] }
)

const most_refs = 16

/** Follows references inside the document and lays `allOf` together; a reference that leads nowhere allows everything. */
export function resolve(schema: Schema | boolean | undefined, root: Schema, depth = 0): Schema {
  if (schema === undefined || typeof schema === 'boolean' || depth > most_refs) return {}
  if (schema.$ref !== undefined) {
    const { $ref, ...beside } = schema
    return { ...resolve(pointed(root, $ref), root, depth + 1), ...beside }
  }
  if (!schema.allOf) return schema
  const { allOf, ...own } = schema
  return allOf.map((part) => resolve(part, root, depth + 1)).reduce(both, own)
}

function pointed(root: Schema, ref: string): Schema | undefined {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  let at: unknown = root
  for (const part of ref.slice(2).split('/')) {
    const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~')
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined
  }
  return typeof at === 'object' && at !== null ? (at as Schema) : undefined
}

/** A schema that asks for what both ask for. */
function both(a: Schema, b: Schema): Schema {
  return {
    ...b, ...a,
    ...((a.properties || b.properties) && { properties: { ...a.properties, ...b.properties, ...a.properties } }),
    ...((a.required || b.required) && { required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])] }),
  }
}

const isNull = (schema: Schema): boolean => schema.type === 'null' || schema.const === null

/** The shape that a schema has within its document `root`. */
export function shapeOf(given: Schema | boolean | undefined, root: Schema): Shape {
  const schema = resolve(given, root)
  const common = { title: schema.title, description: schema.description, fallback: schema.default, nullable: false, schema }
  if ('const' in schema) return { ...common, kind: 'constant', value: schema.const }
  if (schema.enum) return { ...common, kind: 'enum', values: schema.enum.filter((value) => value !== null), nullable: schema.enum.includes(null) }
  const variants = schema.oneOf ?? schema.anyOf
  if (variants) return chosenFrom(variants.map((variant) => beside(schema, resolve(variant, root))), common, root)
  const types = schema.type === undefined ? implied(schema) : [schema.type].flat()
  const real = types.filter((type) => type !== 'null')
  const nullable = real.length < types.length
  if (real.length > 1) return { ...chosenFrom(real.map((type) => ({ ...schema, type })), common, root), nullable }
  return { ...plain(real[0], schema, common), nullable }
}

/** Fields that stand beside `oneOf` hold for every variant. */
function beside({ properties, required }: Schema, variant: Schema): Schema {
  return properties ? both(variant, { type: 'object', properties, ...(required && { required }) }) : variant
}

function chosenFrom(variants: Schema[], common: Common, root: Schema): Shape {
  const real = variants.filter((variant) => !isNull(variant))
  const nullable = real.length < variants.length
  const [only] = real
  if (real.length === 1 && only) {
    const inner = shapeOf(only, root)
    return { ...inner, title: common.title ?? inner.title, description: common.description ?? inner.description, fallback: common.fallback ?? inner.fallback, nullable: nullable || inner.nullable }
  }
  // Titled constants are how some say an enum.
  if (real.length > 0 && real.every((variant) => 'const' in variant && variant.title === undefined)) return { ...common, kind: 'enum', values: real.map((variant) => variant.const), nullable }
  return { ...common, kind: 'choice', variants: real, nullable }
}

function implied(schema: Schema): string[] {
  if (schema.properties || schema.required) return ['object']
  return schema.items !== undefined || schema.prefixItems ? ['array'] : []
}

function plain(type: string | undefined, schema: Schema, common: Common): Shape {
  switch (type) {
    case 'string': return { ...common, kind: 'text' }
    case 'number': case 'integer': return { ...common, kind: 'number' }
    case 'boolean': return { ...common, kind: 'switch' }
    case 'object': return objectOf(schema, common)
    case 'array': return schema.prefixItems ? { ...common, kind: 'any' } : { ...common, kind: 'list', items: typeof schema.items === 'object' ? schema.items : {} }
    default: return { ...common, kind: 'any' }
  }
}

function objectOf(schema: Schema, common: Common): Shape {
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, schema: field, required: required.has(name) }))
  const { additionalProperties: extra } = schema
  const rest = typeof extra === 'object' ? extra : fields.length === 0 && extra !== false ? {} : null
  // What is asked for comes first; otherwise the author's order stays.
  return { ...common, kind: 'object', fields: [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)], extra: rest }
}

/** The words a person sees for a field. */
export const labelOf = (name: string, title: string | undefined): string => (title !== undefined && title.toLowerCase() !== name.toLowerCase() ? title : name)

const LONG = /(^|_)(body|code|content|contents|command|cypher|html|instructions|markdown|message|patch|prompt|query|script|sql|text|thought|diff)$/i

/** Whether a text wants more than one line. */
export function isLong(name: string, schema: Schema): boolean {
  if (schema.format !== undefined || schema.writeOnly === true) return false
  return LONG.test(name) || schema.contentMediaType !== undefined || (schema.maxLength ?? 0) > 500
}

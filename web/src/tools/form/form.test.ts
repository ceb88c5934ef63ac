import { describe, expect, it } from 'vitest'
import { check, fitting } from './check'
import { isLong, labelOf, shapeOf, type Schema } from './schema'
import { exampleOf, initialOf, jsonText, readObject, Unread, withField } from './value'

const kindOf = (schema: Schema | boolean, root: Schema = {}) => shapeOf(schema, root).kind

describe('shapeOf', () => {
  it.each<[Schema | boolean, string]>([
    [{ type: 'string' }, 'text'], [{ type: 'integer' }, 'number'], [{ type: 'boolean' }, 'switch'], [{ const: 1 }, 'constant'], [{ enum: ['a', 2] }, 'enum'],
    [{ properties: { a: {} } }, 'object'], [{ items: { type: 'string' } }, 'list'], [{ type: 'array' }, 'list'], [{}, 'any'], [true, 'any'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'text'], [{ type: ['integer', 'null'] }, 'number'], [{ type: ['integer', 'string'] }, 'choice'],
    [{ oneOf: [{ const: 'a' }, { const: 'b' }] }, 'enum'], [{ oneOf: [{ type: 'string' }, { type: 'object' }] }, 'choice'], [{ type: 'array', prefixItems: [{}] }, 'any'],
  ])('%j is %s', (schema, kind) => expect(kindOf(schema)).toBe(kind))

  it('null beside a type is a field that may be empty', () => {
    for (const schema of [{ anyOf: [{ type: 'string' }, { type: 'null' }], description: 'who' }, { type: ['string', 'null'] }, { enum: ['a', null] }]) expect(shapeOf(schema, {}).nullable).toBe(true)
    expect(shapeOf({ anyOf: [{ type: 'string', description: 'inner' }, { type: 'null' }], title: 'Who' }, {})).toMatchObject({ title: 'Who', description: 'inner' })
  })

  it('follows references, also round in a circle, and lays allOf together', () => {
    const root: Schema = {
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } }, loop: { $ref: '#/$defs/loop' }, 'a/b': { type: 'integer' } },
    }
    expect(kindOf({ $ref: '#/$defs/node' }, root)).toBe('object')
    expect(kindOf({ $ref: '#/$defs/loop' }, root)).toBe('any')
    expect(kindOf({ $ref: '#/$defs/a~1b' }, root)).toBe('number')
    expect(kindOf({ $ref: 'https://elsewhere.example/x' }, root)).toBe('any')
    const whole = shapeOf({ allOf: [{ type: 'object', properties: { a: {} }, required: ['a'] }, { properties: { b: {} }, required: ['b'] }] }, {})
    expect(whole.kind === 'object' && whole.fields.map(({ name, required }) => [name, required])).toEqual([['a', true], ['b', true]])
  })

  it('what is asked for comes first; free names are allowed where nothing else is said', () => {
    const shape = shapeOf({ type: 'object', properties: { later: {}, first: {} }, required: ['first'] }, {})
    expect(shape.kind === 'object' && shape.fields.map(({ name }) => name)).toEqual(['first', 'later'])
    expect(shape.kind === 'object' && shape.extra).toBeNull()
    const free = shapeOf({ type: 'object', additionalProperties: { type: 'number' } }, {})
    expect(free.kind === 'object' && free.extra).toEqual({ type: 'number' })
  })
})

describe('values', () => {
  const schema: Schema = {
    type: 'object', required: ['path', 'mode', 'tags', 'deep'],
    properties: {
      path: { type: 'string' }, mode: { enum: ['r', 'w'], default: 'r' }, tags: { type: 'array', items: { type: 'string' } }, deep: { type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'] },
      limit: { type: 'integer', default: 10 },
    },
  }

  it('begins with no more than what is asked for', () => expect(initialOf(schema, schema)).toEqual({ mode: 'r', tags: [], deep: { on: false } }))
  it('makes an example', () => expect(exampleOf(schema, schema)).toEqual({ path: 'text', mode: 'r', tags: ['text'], deep: { on: true } }))
  it('ends where a schema contains itself', () => {
    const root: Schema = { type: 'object', properties: { me: { $ref: '#' } }, required: ['me'] }
    expect(JSON.stringify(initialOf(root, root)).length).toBeLessThan(200)
    expect(JSON.stringify(exampleOf(root, root)).length).toBeLessThan(200)
  })
  it('takes a field out when it is emptied, and keeps the order of others', () => {
    expect(withField({ a: 1, b: 2 }, 'a', 3)).toEqual({ a: 3, b: 2 })
    expect(Object.keys(withField({ a: 1, b: 2 }, 'a', 3))).toEqual(['a', 'b'])
    expect(withField({ a: 1 }, 'a', undefined)).toEqual({})
    expect(withField(undefined, 'a', 0)).toEqual({ a: 0 })
  })
  it('goes to text and back', () => {
    expect(readObject(jsonText({ a: [1] }))).toEqual({ a: [1] })
    expect(jsonText({ a: new Unread('1.') })).toContain('"1."')
    for (const text of ['[]', 'null', '{', '"x"']) expect(readObject(text)).toBeNull()
    expect(readObject('  ')).toEqual({})
  })
  it.each([['path', {}, false], ['content', {}, true], ['file_text', {}, true], ['texts', {}, false], ['body', { format: 'uri' }, false], ['note', { maxLength: 4000 }, true]] as const)('%s wants several lines: %j', (name, more, long) => {
    expect(isLong(name, more)).toBe(long)
  })
  it('a title that only repeats the name is left out', () => {
    expect(labelOf('path', 'Path')).toBe('path')
    expect(labelOf('p', 'Where to')).toBe('Where to')
  })
})

describe('check', () => {
  const wrong = (schema: Schema, value: unknown) => check(schema, value, schema).map(({ path, kind }) => `${path} ${kind}`)
  it.each<[Schema, unknown, string[]]>([
    [{ type: 'string', minLength: 2 }, 'é', [' tooShort']], [{ type: 'string', maxLength: 2 }, '😀😀', []], [{ type: 'string', pattern: '^a' }, 'b', [' pattern']], [{ type: 'string', pattern: '(?<!' }, 'b', []],
    [{ type: 'string', format: 'email' }, 'x', [' format']], [{ type: 'string', format: 'uri' }, 'http://x', []], [{ type: 'string' }, 1, [' badType']],
    [{ type: 'integer' }, 1.5, [' wholeNumber']], [{ type: 'number', minimum: 1 }, 0, [' tooSmall']], [{ type: 'number', exclusiveMaximum: 1 }, 1, [' tooLarge']], [{ type: 'number', multipleOf: 0.1 }, 0.3, []],
    [{ type: 'number' }, new Unread('1.'), [' badNumber']], [{}, new Unread('{'), [' badJson']], [{ enum: [1, 'b'] }, '1', [' notOne']], [{ enum: [{ a: 1 }] }, { a: 1 }, []],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2, uniqueItems: true }, [1], [' fewItems']], [{ type: 'array', items: { type: 'integer' }, uniqueItems: true }, [1, 1], [' twice']],
    [{ type: 'array', items: { type: 'integer' } }, [1, 'x', undefined], ['/1 badNumber', '/2 needed']],
    [{ type: ['string', 'null'] }, null, []], [{ type: 'string' }, null, [' badType']],
    [{ type: 'object', properties: { 'a/b': { type: 'string' } }, required: ['a/b'] }, {}, ['/a~1b needed']],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, { x: 1 }, ['/x badType']],
    [{ oneOf: [{ type: 'string' }, { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }] }, { n: 'x' }, [' badType']],
  ])('%j against %j', (schema, value, mistakes) => expect(wrong(schema, value)).toEqual(mistakes))

  it('finds the variant that a value is of by its constants', () => {
    const variants: Schema[] = [
      { type: 'object', properties: { kind: { const: 'file' }, path: { type: 'string' } }, required: ['kind', 'path'] },
      { type: 'object', properties: { kind: { const: 'url' }, url: { type: 'string' } }, required: ['kind', 'url'] },
      { type: 'string' },
    ]
    expect(fitting({ kind: 'url' }, variants, {})).toBe(1)
    expect(fitting('x', variants, {})).toBe(2)
    expect(fitting({ kind: 'file', path: 'a' }, variants, {})).toBe(0)
  })
})

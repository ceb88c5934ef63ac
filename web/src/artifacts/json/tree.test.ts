import { afterEach, describe, expect, it } from 'vitest'
import type { Port } from '../sheet/messages'
import { JsonTree, type Openness, placeOf } from './JsonTree'
import type { TreeAnswer, TreeAsked } from './messages'
import { scanJson } from './scan'
import { serve } from './serve'
import { TreeDesk } from './TreeDesk'

const DOCUMENT = '{"name": "x", "a/b~c": [1, {"deep": null}], "empty": {} , "on":true}'
const ALL: Openness = { depth: Infinity, turned: new Set() }
const treeOf = (text: string): JsonTree => new JsonTree(text, scanJson(text))
const paths = (tree: JsonTree, openness: Openness): string[] => [...tree.visible(openness)].map((node) => tree.path(node))
const toDepth = (depth: number, ...turned: number[]): Openness => ({ depth, turned: new Set(turned) })

const channels: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) for (const port of [port1, port2]) port.close()
})

/** A page's desk with a real channel to its worker's side. */
function desk(): TreeDesk {
  const channel = new MessageChannel()
  channels.push(channel)
  serve(channel.port2 as unknown as Port<TreeAnswer, TreeAsked>)
  return new TreeDesk(channel.port1 as unknown as Port<TreeAsked, TreeAnswer>)
}

async function open(text: string, isLines = false): Promise<{ tree: JsonTree; desk: TreeDesk }> {
  const at = desk()
  const understood = await at.open(text, isLines)
  if (understood.is !== 'tree') throw new Error(understood.why)
  return { tree: understood.tree, desk: at }
}

describe('a tree', () => {
  it('shows every value once when all is open, parents before members, by JSON pointers', () => {
    expect(paths(treeOf(DOCUMENT), ALL)).toEqual([
      '',
      '/name',
      '/a~1b~0c',
      '/a~1b~0c/0',
      '/a~1b~0c/1',
      '/a~1b~0c/1/deep',
      '/empty',
      '/on',
    ])
  })

  it('opens by depth, and the other way where the reader turned a branch', () => {
    const tree = treeOf(DOCUMENT)
    expect(paths(tree, toDepth(0))).toEqual([''])
    expect(paths(tree, toDepth(1))).toHaveLength(5)
    expect(paths(tree, toDepth(1, 2))).toHaveLength(7)
    expect(paths(tree, toDepth(Infinity, 0))).toEqual([''])
  })

  it('shows branches in brief until they open, and never opens what has no members', () => {
    const tree = treeOf(DOCUMENT)
    expect(tree.row(0, toDepth(0))).toEqual({
      node: 0,
      key: null,
      depth: 0,
      kind: 'object',
      size: 4,
      open: false,
      preview: '{name: "x", a/b~c: […], empty: {}, on: true}',
    })
    expect(tree.row(0, ALL)).toMatchObject({ open: true, preview: '' })
    expect(tree.row(6, ALL)).toMatchObject({ key: 'empty', kind: 'object', size: 0, open: false, preview: '{}' })
    expect(treeOf(JSON.stringify(Array.from({ length: 50 }, (_, index) => index))).row(0, toDepth(0)).preview).toMatch(/, …\]$/)
    const long = treeOf(JSON.stringify(['x', 'y', 'z', 'w'].map((letter) => letter.repeat(500))))
    expect(long.row(0, toDepth(0)).preview.length).toBeLessThan(90)
  })

  it('keeps the digits of numbers that no double holds, and the order and the quotes of names', () => {
    const tree = treeOf('{"2": 9007199254740993, "1": 1.10, "a\\"}": "caf\\u00e9 \\\\"}')
    expect([1, 2, 3].map((node) => [tree.row(node, ALL).key, tree.row(node, ALL).preview])).toEqual([
      ['2', '9007199254740993'],
      ['1', '1.10'],
      ['a"}', '"café \\\\"'],
    ])
  })

  it.each(['"text"', '1', 'true', 'null', ' [] '])('takes %s as a document', (leaf) => {
    expect(treeOf(leaf).row(0, ALL)).toMatchObject({ preview: leaf.trim(), size: 0 })
  })

  it('finds a value among those in sight, and the closed branch of one that is not', () => {
    const tree = treeOf(DOCUMENT)
    const some = tree.visible(toDepth(1))
    expect([...some]).toEqual([0, 1, 2, 6, 7])
    expect([0, 6, 7, 5].map((node) => placeOf(some, node))).toEqual([0, 3, 4, 2])
  })
})

describe('a desk', () => {
  it('opens a document, and one a line as a list of them', async () => {
    const { tree } = await open(DOCUMENT)
    expect(tree.visible(ALL)).toHaveLength(8)
    const lines = (await open('{"a": 1}\n\n[2, 3]\n', true)).tree
    expect(paths(lines, ALL)).toEqual(['', '/0', '/0/a', '/1', '/1/0', '/1/1'])
    expect(lines.row(0, toDepth(0))).toMatchObject({ kind: 'array', size: 2, preview: '[{…}, […]]' })
  })

  it('writes values out to be copied, as they are written', async () => {
    const { tree, desk: at } = await open(DOCUMENT)
    expect(await at.format(tree, 0)).toBe(JSON.stringify(JSON.parse(DOCUMENT), null, 2))
    expect(await at.format(tree, 2)).toBe('[\n  1,\n  {\n    "deep": null\n  }\n]')
    const lines = await open('9007199254740993\n{}\n', true)
    expect(await lines.desk.format(lines.tree, 0)).toBe('[\n  9007199254740993,\n  {}\n]')
  })

  it.each([
    ['{\n  "a": 1,\n  "b" 2\n}', false, '3:7: '],
    ['[1 2]', false, "1:4: Expected ',' or ']' after array element$"],
    ['[1, 2', false, '1:6: '],
    ['{"a": [1, 2}', false, '1:12: '],
    ['[01]', false, '1:2: '],
    ['["\\x"]', false, '1:2: '],
    ['[1] 2', false, '1:5: '],
    ['{"a": 1}\n{"a": tru}\n', true, '2:7: '],
  ])('says where %j is broken', async (text, isLines, place) => {
    expect(await desk().open(text, isLines)).toMatchObject({ is: 'broken', why: expect.stringMatching(new RegExp(`^${place}`)) })
  })
})

import { describe, expect, it } from 'vitest'
import { fileName, modesOf, viewerKind } from './modes'

describe('viewerKind and modesOf', () => {
  it.each([
    ['code', 'text/plain', 'code', ['source', 'changes']],
    ['document', 'text/markdown', 'markdown', ['view', 'source', 'changes']],
    ['text', 'text/plain; charset=utf-8', 'plain', ['source', 'changes']],
    ['data', 'text/csv', 'csv', ['view', 'source', 'changes']],
    ['data', 'application/json', 'json', ['view', 'source', 'changes']],
    ['image', 'image/png', 'image', ['view']],
    ['image', 'image/svg+xml', 'image', ['view', 'source', 'changes']],
    ['web', 'text/html', 'web', ['view', 'source', 'changes']],
  ] as const)('%s as %s', (type, format, kind, modes) => {
    expect(viewerKind({ type, format })).toBe(kind)
    expect(modesOf({ type, format, versions: 2 })).toEqual(modes)
    expect(modesOf({ type, format, versions: 1 })).not.toContain('changes')
  })
})

describe('fileName', () => {
  it.each([
    ['queues.py', 'code', 'text/plain', 'python', 'queues.py'],
    ['queues', 'code', 'text/plain', 'python', 'queues.py'],
    ['Main', 'code', 'text/plain', 'go', 'Main.go'],
    ['Report: part 1/2', 'document', 'text/markdown', null, 'Report- part 1-2.md'],
    ['Results', 'data', 'text/csv; charset=utf-8', null, 'Results.csv'],
    ['', 'image', 'image/png', null, 'artifact.png'],
  ] as const)('%j becomes %s', (title, type, format, language, name) => {
    expect(fileName({ title, type, format, language })).toBe(name)
  })
})

import { describe, expect, it } from 'vitest'
import { highlightLines, type Token } from './highlight'
import { findLanguage, type Language } from './languages'

async function highlight(text: string, language: Language): Promise<Token[][]> {
  const all: Token[][] = []
  await highlightLines(
    text.split('\n'),
    language,
    (from, lines) => all.splice(from, lines.length, ...lines),
    new AbortController().signal,
  )
  return all
}

describe('findLanguage', () => {
  it.each([
    ['py', 'python'],
    ['Python', 'python'],
    ['bench/queues.py', 'python'],
    ['Dockerfile', 'docker'],
    ['a/Makefile', 'make'],
    ['C++', 'cpp'],
    ['x.tsx', 'tsx'],
  ])('%s is %s', (hint, language) => {
    expect(findLanguage(hint)).toBe(language)
  })
  it.each(['', null, undefined, 'Untitled', 'constructor', 'notes.xyz'])('%s stays plain', (hint) => {
    expect(findLanguage(hint)).toBeNull()
  })
})

describe('highlightLines', () => {
  it('names keywords, strings, numbers, comments and functions', async () => {
    const [line = []] = await highlight("def run(n): return 'x' * 3  # why", 'python')
    const kind = (text: string): string | undefined => line.find((token) => token.text.trim() === text)?.kind
    expect([kind('def'), kind('run'), kind('3')]).toEqual(['keyword', 'function', 'number'])
    expect(line.find((token) => token.text.includes('x'))?.kind).toBe('string')
    expect(line.at(-1)?.kind).toBe('comment')
  })

  it('carries a string that spans lines from one piece to the next, and loses no text', async () => {
    const text = `x = """\n${'inside\n'.repeat(400)}"""\nreturn`
    const lines = await highlight(text, 'python')
    expect(lines.map((line) => line.map((token) => token.text).join('')).join('\n')).toBe(text)
    expect(lines[300]?.[0]?.kind).toMatch(/string|comment/)
    expect(lines.at(-1)?.[0]?.kind).toBe('keyword')
  })
})

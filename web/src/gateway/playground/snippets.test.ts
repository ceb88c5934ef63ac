import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { dialects, speakers } from './dialects'
import type { Ask } from './dialects/types'
import { asCurl, asPython, python } from './snippets'

const ask: Ask = { model: 'fast', system: `It's "so"\n$HOME`, turns: [{ role: 'user', text: 'Hi \\ `é`', images: [] }], temperature: 0, max_tokens: 5, json: true }
const origin = 'https://team.example'
const request = (dialect: (typeof dialects)[number]) => ({ path: speakers[dialect].path, body: speakers[dialect].body(ask) })

describe.each(dialects)('%s', (dialect) => {
  it('as a command says to a shell exactly what was asked', () => {
    const script = `curl() { for last; do :; done; printf %s "$last"; }\n${asCurl(request(dialect), dialect, origin)}`
    expect(JSON.parse(execFileSync('sh', ['-c', script]).toString())).toEqual(request(dialect).body)
  })
  it('as Python names the server as that SDK wants it', () => {
    const text = asPython(request(dialect), dialect, origin)
    expect(text).toContain(dialect === 'messages' ? `base_url="${origin}"` : `base_url="${origin}/v1"`)
    expect(text).toContain('    stream=True,')
  })
})

it('JSON values are written as Python', () => {
  expect(python({ a: [true, null, 'x'], b: [] }, 0)).toBe('{"a": [\n    True,\n    None,\n    "x",\n], "b": []}')
})

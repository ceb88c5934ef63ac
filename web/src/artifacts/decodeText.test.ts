import { expect, it } from 'vitest'
import { decodeText } from './decodeText'

/** A response whose bytes come in pieces of this many. */
function inPieces(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))
  return new Response(
    new ReadableStream({
      pull: (out) => {
        const piece = pieces.shift()
        if (piece) out.enqueue(piece)
        else out.close()
      },
    }),
  )
}

it('gives the whole text, also where a character lies across two pieces', async () => {
  for (const size of [1, 2, 3, 5, 1000]) expect(await decodeText(inPieces('a, é and 😀; план', size))).toBe('a, é and 😀; план')
})

it('gives nothing for nothing, and leaves the byte order mark out as a response does', async () => {
  expect(await decodeText(new Response(null))).toBe('')
  expect(await decodeText(inPieces('\uFEFFa,b', 2))).toBe('a,b')
})

it('fails when the response breaks off', async () => {
  const broken = new Response(new ReadableStream({ start: (out) => out.error(new Error('cut')) }))
  await expect(decodeText(broken)).rejects.toThrow('cut')
})

import type { Block, Result } from '../api/tools'

/** Bytes of base64, as MCP sends pictures and sounds; null when it is none. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    const text = atob(base64)
    const bytes = new Uint8Array(text.length)
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
    return bytes
  } catch {
    return null
  }
}

/** The pieces of a result worth showing: structured content says what a text that repeats it says as well. */
export function shownBlocks({ content, structured, text }: Pick<Result, 'content' | 'structured' | 'text'>): Block[] {
  const blocks = content.length > 0 ? content : text === '' ? [] : [{ type: 'text', text } as const]
  if (structured === null || structured === undefined) return blocks
  return blocks.filter((block) => block.type !== 'text' || !repeats(block.text, structured))
}

function repeats(text: string, structured: unknown): boolean {
  const value = parsed(text)
  if (value === undefined) return false
  const wrapped = typeof structured === 'object' && structured !== null && Object.keys(structured).length === 1 ? Object.values(structured)[0] : undefined
  const same = JSON.stringify(value)
  return same === JSON.stringify(structured) || (wrapped !== undefined && same === JSON.stringify(wrapped))
}

/** A text that is a JSON object or list. */
export function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try { return JSON.parse(text) as object } catch { return undefined }
}

/** The end of an address as a name for a file. */
export const nameOf = (uri: string): string => uri.replace(/[?#].*$/, '').split('/').filter(Boolean).at(-1) ?? uri

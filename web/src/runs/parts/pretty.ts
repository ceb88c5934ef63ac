/** A value for reading: JSON laid out, also where it came as text; nothing for nothing. */
export function prettyOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  const data = parsed(value)
  return data === null ? value : JSON.stringify(data, null, 2)
}

/** The object or list that a text is; null for any other text, such as one that was cut. */
function parsed(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null
  try { return JSON.parse(text) as object } catch { return null }
}

const short_chars = 140

/** The first words of a value, on one line. */
export function lineOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const data = typeof value === 'string' ? parsed(value) : (value as object)
  const text: unknown = data === null ? value : Object.values(data).find((item) => typeof item === 'string') ?? JSON.stringify(data)
  const line = String(text).trim().replace(/\s+/g, ' ')
  return line.length > short_chars ? `${line.slice(0, short_chars)}…` : line
}

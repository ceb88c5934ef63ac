/** A file larger than this is offered for download only. */
export const most_bytes = 20_000_000

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a file with whatever mark it begins with, or null for what is not text. */
export function textOf(bytes: ArrayBuffer): string | null {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** The least stretch that makes one text of the other: where it begins, where it ends in each. */
export function difference(before: string, after: string): { from: number; to: number; text: string } {
  let from = 0
  const most = Math.min(before.length, after.length)
  while (from < most && before[from] === after[from]) from++
  let tail = 0
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  // Half of a pair of surrogates is no character.
  if (from > 0 && /[\uD800-\uDBFF]/.test(before[from - 1] ?? '')) from--
  if (tail > 0 && /[\uDC00-\uDFFF]/.test(before[before.length - tail] ?? '')) tail--
  return { from, to: before.length - tail, text: after.slice(from, after.length - tail) }
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
/** Whether `path` is `folder` or lies in it. */
export const isWithin = (folder: string, path: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`)
/** Where a path is after `from` became `to`. */
export const moved = (path: string, from: string, to: string): string => (isWithin(from, path) ? to + path.slice(from.length) : path)

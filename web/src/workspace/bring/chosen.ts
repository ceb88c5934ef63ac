import type { Chosen } from '@/memory/documents/files'
import { isArchive } from '../tree/FileIcon'

/** The one archive that was chosen, which is to be unpacked; null when it is anything else. */
export const loneArchive = (chosen: readonly Chosen[]): Chosen | null => {
  const [first] = chosen
  return first && chosen.length === 1 && isArchive(first.path) ? first : null
}

/** The folder that everything is in, null where files come from several places. */
export function topOf(chosen: readonly Chosen[]): string | null {
  const top = chosen[0]?.path.split('/')[0] ?? ''
  return chosen.length > 0 && chosen.every(({ path }) => path.startsWith(`${top}/`)) ? top : null
}

/** The same files without the folder that everything is in: it becomes the workspace. */
export function withoutTop(chosen: readonly Chosen[]): Chosen[] {
  const top = topOf(chosen)
  return top === null ? [...chosen] : chosen.map(({ file, path }) => ({ file, path: path.slice(top.length + 1) }))
}

/** What the workspace may be called: as its folder, or as its archive without the ending. */
export function nameOfChosen(chosen: readonly Chosen[]): string {
  return topOf(chosen) ?? loneArchive(chosen)?.path.replace(/(\.tar)?\.\w+$/, '') ?? ''
}

export const bytesOf = (chosen: readonly Chosen[]): number => chosen.reduce((sum, { file }) => sum + file.size, 0)

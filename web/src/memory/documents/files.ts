/** A file with its path inside what was chosen. */
export interface Chosen { file: File; path: string }
export interface Batch { files: Chosen[]; bytes: number }

/** One request carries at most this. */
const most_files = 100
const most_bytes = 64_000_000
/** Nobody means these when they drop a folder. */
const left_out = /(^|\/)(\.[^/]+|node_modules|__pycache__|\.venv|venv|Thumbs\.db)(\/|$)/

export const isLeftOut = (path: string): boolean => left_out.test(path)

/** The files in as many requests as they need; a file larger than a request goes alone, for the server to judge. */
export function batches(chosen: readonly Chosen[]): Batch[] {
  const made: Batch[] = []
  for (const item of chosen) {
    const last = made.at(-1)
    if (last && last.files.length < most_files && last.bytes + item.file.size <= most_bytes) {
      last.files.push(item)
      last.bytes += item.file.size
    } else made.push({ files: [item], bytes: item.file.size })
  }
  return made
}

/** What an input gave: files by name, or a folder's by their paths in it. */
export const fromInput = (files: Iterable<File>): Chosen[] => [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))

/** What was dropped, folders opened all the way down but for what is left out. */
export async function fromDrop(data: DataTransfer, isOut: (path: string) => boolean = isLeftOut): Promise<Chosen[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return fromInput(data.files)
  return (await Promise.all(entries.map((entry) => opened(entry, isOut)))).flat()
}

async function opened(entry: FileSystemEntry, isOut: (path: string) => boolean): Promise<Chosen[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (isOut(path)) return []
  if (entry.isFile) return [{ file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)), path }]
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Chosen[] = []
  // A folder is told in portions; an empty one is its end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return found
    for (const inner of portion) found.push(...(await opened(inner, isOut)))
  }
}

export function formOf({ files }: Batch, tags: readonly string[] = [], workspace?: string): FormData {
  const form = new FormData()
  for (const { file, path } of files) form.append('files', file, path)
  for (const tag of tags) form.append('tags', tag)
  if (workspace !== undefined) form.append('workspace', workspace)
  return form
}

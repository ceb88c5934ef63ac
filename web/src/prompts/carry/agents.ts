import { api } from '@/lib/api'
import { saveBlob } from '@/lib/download'
import type { Agent } from '@/lib/types'

/** An agent as a Markdown file. */
export interface AgentFile { name: string; text: string }
export interface Outcome { name: string; agent: string | null; outcome: 'created' | 'updated' | 'unchanged' | 'refused'; error?: string | null }

const most_files = 200
const most_bytes = 256 * 1024

export async function downloadAgent(agent: Agent): Promise<void> {
  const answer = await api.raw(`/my/agents/${agent.id}/markdown`, {}, { headers: { accept: 'text/markdown' } })
  saveBlob(new Blob([await answer.text()], { type: 'text/markdown' }), `${agent.name}.md`)
}

/** Every agent as a file of its own. */
export async function downloadAgents(): Promise<number> {
  const { files } = await api.get<{ files: AgentFile[] }>('/my/agents/export')
  for (const { name, text } of files) saveBlob(new Blob([text], { type: 'text/markdown' }), name)
  return files.length
}

export const importAgents = (files: AgentFile[], replace: boolean): Promise<{ items: Outcome[] }> => api.post('/my/agents/import', { files, replace })

export const isMarkdown = (name: string): boolean => /\.(md|markdown)$/i.test(name)

/** The Markdown files among those that were chosen. */
export async function readFiles(chosen: readonly File[]): Promise<AgentFile[]> {
  const files = chosen.filter(({ name, size }) => isMarkdown(name) && size <= most_bytes).slice(0, most_files)
  return Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })))
}

/** The files of what was dropped, those inside of folders too. */
export async function droppedFiles(items: DataTransferItemList): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  return (await Promise.all(entries.map(filesOf))).flat()
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))]
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: FileSystemEntry[] = []
  // A folder tells its entries in portions; an empty one is the last.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return (await Promise.all(found.map(filesOf))).flat()
    found.push(...portion)
  }
}

import { useMemo } from 'react'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { confirm, toast, toastError } from '@/ui'
import { files, trash, workspaces } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Entry } from '../api/types'
import { useDesk } from '../open/context'
import { folderOf, join, nameOf } from '../open/text'

export interface FileActs {
  create: (folder: string, name: string, kind: 'file' | 'folder') => Promise<boolean>
  rename: (entry: Entry, name: string) => Promise<boolean>
  moveTo: (path: string, folder: string) => Promise<void>
  duplicate: (entry: Entry) => Promise<void>
  remove: (entry: Entry) => Promise<void>
  unpack: (entry: Entry) => Promise<void>
  download: (entry: Entry) => Promise<void>
}

/** "notes.md" -> "notes copy.md". */
export function copyName(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? `${name.slice(0, dot)} copy${name.slice(dot)}` : `${name} copy`
}

/** What a person may do with files and folders. Failures are told in a toast; true when it was done. */
export function useFileActs(): FileActs {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const refresh = useRefresh()
  return useMemo(() => {
    const { id } = desk
    const renew = () => refresh(keys.trees(id), keys.git(id), keys.one(id), keys.trash(id))
    const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
      try { await act(); await renew(); return true } catch (error) { toastError(error); await renew(); return false }
    }
    const move = async (from: string, to: string) => attempt(async () => { await files.move(id, from, to); desk.moved(from, to) })
    return {
      create: async (folder, name, kind) => {
        const path = join(folder, name)
        const done = await attempt(() => (kind === 'folder' ? files.makeFolder(id, path) : files.write(id, path, new Blob([]), null)))
        if (done && kind === 'file') desk.open({ kind: 'file', path })
        return done
      },
      rename: (entry, name) => (name === entry.name ? Promise.resolve(true) : move(entry.path, join(folderOf(entry.path), name))),
      moveTo: async (path, folder) => { if (folderOf(path) !== folder) await move(path, join(folder, nameOf(path))) },
      duplicate: async (entry) => { await attempt(() => files.copy(id, entry.path, join(folderOf(entry.path), copyName(entry.name)))) },
      remove: async (entry) => {
        const unsaved = desk.unsaved.some(({ path }) => path === entry.path || path.startsWith(`${entry.path}/`))
        if (unsaved && !(await confirm({ title: t('removeUnsaved', { name: entry.name }), action: t('toTrash'), danger: true }))) return
        if (!(await attempt(async () => { await files.remove(id, entry.path); desk.removed(entry.path) }))) return
        toast({ title: t('inTrash', { name: entry.name }), action: { label: t('undo'), run: () => void undo(id, entry.path).then(renew, toastError) } })
      },
      unpack: async (entry) => { await attempt(() => files.unpack(id, entry.path)) },
      download: async (entry) => {
        try {
          if (entry.kind === 'folder') saveBlob(await workspaces.archive(id, entry.path), `${entry.name}.zip`)
          else saveBlob(new Blob([(await files.read(id, entry.path)).bytes]), entry.name)
        } catch (error) { toastError(error) }
      },
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [desk, t])
}

/** Brings back what was put in the trash from this path last. */
async function undo(id: string, path: string): Promise<void> {
  const found = (await trash.list(id)).filter((item) => item.path === path).sort((a, b) => b.deleted_at.localeCompare(a.deleted_at))[0]
  if (found) await trash.restore(id, found.id)
}

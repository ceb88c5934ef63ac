import Archive from 'lucide-react/icons/file-archive'
import Copy from 'lucide-react/icons/copy'
import Download from 'lucide-react/icons/download'
import FilePlus from 'lucide-react/icons/file-plus'
import FolderPlus from 'lucide-react/icons/folder-plus'
import Link from 'lucide-react/icons/link'
import Pencil from 'lucide-react/icons/pencil'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { toast, toastError, type MenuEntry } from '@/ui'
import type { Entry } from '../api/types'
import { useDesk } from '../open/context'
import { isArchive } from './FileIcon'
import type { Draft } from './rows'
import type { FileActs } from './useFileActs'

interface Asked { entry: Entry | null; acts: FileActs; open: (entry: Entry) => void; rename: (path: string) => void; draft: (draft: Draft) => void }

/** What may be done with one file or folder. */
export function useEntryMenu({ entry, acts, rename, draft }: Asked): MenuEntry[] {
  const t = useT('workspaces')
  const shell = useT('shell')
  const { canWrite } = useDesk()
  if (entry === null) return []
  const copyPath = () => copyText(entry.path).then(() => toast({ tone: 'ok', title: shell('copied') }), toastError)
  const making: MenuEntry[] = [
    { id: 'file', label: t('newFile'), icon: <FilePlus size={15} />, onSelect: () => draft({ folder: entry.path, kind: 'file' }) },
    { id: 'folder', label: t('newFolder'), icon: <FolderPlus size={15} />, onSelect: () => draft({ folder: entry.path, kind: 'folder' }) },
    { id: 'made', line: true },
  ]
  const changing: MenuEntry[] = [
    { id: 'rename', label: t('rename'), icon: <Pencil size={15} />, hint: 'F2', onSelect: () => rename(entry.path) },
    { id: 'duplicate', label: t('duplicate'), icon: <Copy size={15} />, onSelect: () => void acts.duplicate(entry) },
    ...(entry.kind === 'file' && isArchive(entry.name) ? [{ id: 'unpack', label: t('unpack'), icon: <Archive size={15} />, onSelect: () => void acts.unpack(entry) }] : []),
  ]
  return [
    ...(canWrite && entry.kind === 'folder' ? making : []),
    ...(canWrite ? changing : []),
    { id: 'path', label: t('copyPath'), icon: <Link size={15} />, onSelect: () => void copyPath() },
    { id: 'download', label: t(entry.kind === 'folder' ? 'downloadZip' : 'download'), icon: <Download size={15} />, onSelect: () => void acts.download(entry) },
    ...(canWrite ? [{ id: 'line', line: true as const }, { id: 'remove', label: t('toTrash'), icon: <Trash2 size={15} />, danger: true, hint: 'Del', onSelect: () => void acts.remove(entry) }] : []),
  ]
}

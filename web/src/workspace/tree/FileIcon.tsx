import type { ReactNode } from 'react'
import File from 'lucide-react/icons/file'
import FileArchive from 'lucide-react/icons/file-archive'
import FileCode from 'lucide-react/icons/file-code'
import FileImage from 'lucide-react/icons/file-image'
import FileQuestionMark from 'lucide-react/icons/file-question-mark'
import FileSymlink from 'lucide-react/icons/file-symlink'
import FileText from 'lucide-react/icons/file-text'
import Folder from 'lucide-react/icons/folder'
import FolderOpen from 'lucide-react/icons/folder-open'
import type { EntryKind } from '../api/types'

const kinds: [RegExp, typeof File][] = [
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, FileImage],
  [/\.(zip|tar|t?gz|bz2|xz|7z|zst)$/i, FileArchive],
  [/\.(md|txt|rst|pdf|docx?|odt|csv|log)$/i, FileText],
  [/\.(py|[cm]?[jt]sx?|json|ya?ml|toml|html?|s?css|sh|go|rs|java|kt|c|h|cpp|hpp|cs|rb|php|sql|swift|lua|r|scala|ex|dart|tf|proto)$/i, FileCode],
]

export const isArchive = (name: string): boolean => /\.(zip|tar|tar\.gz|tgz|tar\.bz2|tbz2)$/i.test(name)

/** The picture of a file's kind, by its name. */
export function FileIcon({ name, kind = 'file', isOpen = false, size = 15 }: { name: string; kind?: EntryKind; isOpen?: boolean; size?: number }): ReactNode {
  const Icon = kind === 'folder' ? (isOpen ? FolderOpen : Folder) : kind === 'link' ? FileSymlink : kind === 'other' ? FileQuestionMark : (kinds.find(([pattern]) => pattern.test(name))?.[1] ?? File)
  return <Icon size={size} aria-hidden className={kind === 'folder' ? 'ws-icon ws-icon-folder' : 'ws-icon'} />
}

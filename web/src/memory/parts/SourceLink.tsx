import type { ReactNode } from 'react'
import Bot from 'lucide-react/icons/bot'
import FileText from 'lucide-react/icons/file-text'
import FolderGit from 'lucide-react/icons/folder-git'
import Import from 'lucide-react/icons/import'
import Link2 from 'lucide-react/icons/link-2'
import MessageSquare from 'lucide-react/icons/message-square'
import Shapes from 'lucide-react/icons/shapes'
import User from 'lucide-react/icons/user'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import type { Source, SourceType } from '../api/types'
import { placeOf } from './place'
import './source.css'

const icons: Record<SourceType, typeof User> = { chat: MessageSquare, file: FileText, artifact: Shapes, url: Link2, person: User, agent: Bot, import: Import, repository: FolderGit }

/** Where a memory comes from; leads there when there is somewhere to go. */
export function SourceLink({ source, documentId }: { source: Source; documentId?: string | null }): ReactNode {
  const t = useT('recalled')
  const Icon = icons[source.type] ?? FileText
  const name = source.name || t(`from_${source.type}`)
  const at = [source.page != null && t('page', { n: source.page }), source.line != null && t('line', { n: source.line })].filter(Boolean).join(', ')
  const words = <><Icon size={13} aria-hidden /><span className="cut">{name}</span>{at !== '' && <span className="faint">{at}</span>}</>
  const place = placeOf(source, documentId)
  if (place === null) return <span className="source">{words}</span>
  if (!place.startsWith('/')) return <a className="source" href={place} target="_blank" rel="noopener noreferrer">{words}</a>
  return <Link className="source" to={place}>{words}</Link>
}

import type { DragEvent, ReactNode } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { useT } from '@/i18n'
import { Spinner } from '@/ui'
import { FileIcon } from './FileIcon'
import { GitMark } from './GitMark'
import { rowId, type Row } from './rows'

interface Drag { draggable?: boolean; onDragStart?: (event: DragEvent) => void; onDragOver?: (event: DragEvent) => void; onDrop?: (event: DragEvent) => void }

interface TreeRowProps {
  row: Row
  top_px: number
  isActive: boolean
  isFocused: boolean
  isTarget: boolean
  /** The box in which it is named anew, in place of its name. */
  name: ReactNode
  drag: Drag
  onClick: () => void
  onMenu: () => void
}

export function TreeRow({ row, top_px, isActive, isFocused, isTarget, name, drag, onClick, onMenu }: TreeRowProps): ReactNode {
  const t = useT('workspaces')
  const { entry, depth, isOpen, isLoading, place, of } = row
  const isFolder = entry.kind === 'folder'
  return (
    <div
      id={rowId(entry.path)} className="ws-row" role="treeitem" aria-level={depth + 1} aria-setsize={of} aria-posinset={place} aria-expanded={isFolder ? isOpen : undefined} aria-selected={isActive}
      data-focused={isFocused || undefined} data-target={isTarget || undefined} data-git={entry.git ?? undefined} style={{ '--depth': depth, top: top_px }} title={entry.path}
      onClick={onClick} onContextMenu={(event) => { event.preventDefault(); onMenu() }} {...drag}
    >
      <span className="ws-twist" aria-hidden="true">{isLoading ? <Spinner /> : isFolder && <ChevronRight size={14} data-open={isOpen || undefined} />}</span>
      <FileIcon name={entry.name} kind={entry.kind} isOpen={isOpen} />
      {name ?? <span className="cut grow">{entry.name}</span>}
      {name === null && <GitMark mark={entry.git} isFolder={isFolder} />}
      {name === null && <span className="ws-row-more" aria-hidden="true" data-tip={t('actions')} onClick={(event) => { event.stopPropagation(); onMenu() }}><Ellipsis size={14} /></span>}
    </div>
  )
}

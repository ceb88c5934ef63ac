import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Chosen } from '@/memory/documents/files'
import { toastError } from '@/ui'
import { Popup } from '@/ui/Menu'
import type { Entry } from '../api/types'
import { useDesk } from '../open/context'
import { folderOf, isWithin } from '../open/text'
import { takeDropped } from './drop'
import { FileIcon } from './FileIcon'
import { NameInput } from './NameInput'
import { rowId, type Draft, type Row } from './rows'
import { TreeRow } from './TreeRow'
import { useEntryMenu } from './useEntryMenu'
import type { FileActs } from './useFileActs'
import { row_px, useShownRows } from './useShownRows'
import { useTreeKeys } from './useTreeKeys'

/** What is dragged carries its path under this name. */
const path_type = 'application/x-workspace-path'

interface TreeViewProps {
  rows: Row[]
  acts: FileActs
  draft: Draft | null
  setDraft: (draft: Draft | null) => void
  onFiles: (folder: string, chosen: Chosen[]) => void
  label: string
}

/** The tree itself: one tab stop, walked with the arrow keys; only the rows in sight are drawn. */
export function TreeView({ rows, acts, draft, setDraft, onFiles, label }: TreeViewProps): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const scroller = useRef<HTMLDivElement>(null)
  const active = desk.use((state) => state.active)
  const [focused, setFocused] = useState<string | null>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  const [menu, setMenu] = useState<Entry | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const at = Math.max(0, rows.findIndex(({ entry }) => entry.path === focused))
  const { first, last } = useShownRows(scroller, rows.length)
  const open = (entry: Entry) => { if (entry.kind === 'folder') desk.toggle(entry.path); else desk.open({ kind: 'file', path: entry.path }) }
  const focus = (path: string) => { setFocused(path); reveal(scroller.current, rows.findIndex(({ entry }) => entry.path === path)) }
  const onKeyDown = useTreeKeys({ rows, at, focus, open, toggle: (path, isOpen) => desk.toggle(path, isOpen), rename: canWrite ? setRenaming : null, remove: canWrite ? (entry) => void acts.remove(entry) : null, menu: setMenu })
  const items = useEntryMenu({ entry: menu, acts, open, rename: setRenaming, draft: (made) => { desk.toggle(made.folder, true); setDraft(made) } })
  useEffect(() => { if (active?.startsWith('file:')) setFocused(active.slice(5)) }, [active])

  const dropOn = (folder: string, data: DataTransfer) => {
    setOver(null)
    const path = data.getData(path_type)
    if (path !== '') { if (!isWithin(path, folder)) void acts.moveTo(path, folder) }
    else takeDropped(data).then((chosen) => onFiles(folder, chosen), toastError)
  }
  const row = (shown: Row, index: number) => {
    const { entry } = shown
    const folder = entry.kind === 'folder' ? entry.path : folderOf(entry.path)
    return (
      <TreeRow
        key={entry.path} row={shown} top_px={(index + shift(index)) * row_px} isActive={active === `file:${entry.path}`} isFocused={index === at} isTarget={over !== null && over === entry.path}
        onClick={() => { setFocused(entry.path); open(entry) }} onMenu={() => { setFocused(entry.path); setMenu(entry) }}
        name={renaming === entry.path ? <NameInput label={t('newName')} value={entry.name} onDone={(name) => { setRenaming(null); scroller.current?.focus(); if (name !== null) void acts.rename(entry, name) }} /> : null}
        drag={canWrite ? {
          draggable: renaming !== entry.path,
          onDragStart: (event) => { event.dataTransfer.setData(path_type, entry.path); event.dataTransfer.effectAllowed = 'move' },
          onDragOver: (event) => { event.preventDefault(); event.stopPropagation(); setOver(folder) },
          onDrop: (event) => { event.preventDefault(); event.stopPropagation(); dropOn(folder, event.dataTransfer) },
        } : {}}
      />
    )
  }
  // The draft has a row of its own: below its folder, or above all.
  const draftAt = draft === null ? rows.length : rows.findIndex(({ entry }) => entry.path === draft.folder) + 1
  const shift = (index: number): number => Number(draft !== null && index >= draftAt)
  return (
    <>
      <div
        ref={scroller} className="ws-tree" role="tree" aria-label={label} tabIndex={0} aria-activedescendant={rows[at] ? rowId(rows[at].entry.path) : undefined} onKeyDown={onKeyDown}
        onDragOver={(event) => { if (canWrite) { event.preventDefault(); setOver('') } }} onDragLeave={() => setOver(null)} data-target={over === '' || undefined}
        onDrop={(event) => { if (!canWrite) return; event.preventDefault(); event.stopPropagation(); dropOn('', event.dataTransfer) }}
      >
        <div className="ws-tree-rows" role="presentation" style={{ height: (rows.length + Number(draft !== null)) * row_px }}>
          {rows.slice(first, last).map((shown, index) => row(shown, first + index))}
          {draft !== null && <DraftRow draft={draft} top_px={draftAt * row_px} depth={draft.folder === '' ? 0 : draft.folder.split('/').length} onDone={(name) => { setDraft(null); if (name !== null) void acts.create(draft.folder, name, draft.kind) }} />}
        </div>
      </div>
      {menu !== null && <Popup id="ws-entry-menu" label={t('actionsOf', { name: menu.name })} items={items} anchor={() => document.getElementById(rowId(menu.path))} align="end" side="below" onClose={(refocus) => { setMenu(null); if (refocus) scroller.current?.focus() }} />}
    </>
  )
}

function DraftRow({ draft, top_px, depth, onDone }: { draft: Draft; top_px: number; depth: number; onDone: (name: string | null) => void }): ReactNode {
  const t = useT('workspaces')
  return <div className="ws-row" role="presentation" style={{ '--depth': depth, top: top_px }}><span className="ws-twist" /><FileIcon name="" kind={draft.kind} /><NameInput label={t(draft.kind === 'folder' ? 'newFolder' : 'newFile')} value="" onDone={onDone} /></div>
}

function reveal(box: HTMLElement | null, index: number): void {
  if (!box || index < 0) return
  const top = index * row_px
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + row_px > box.scrollTop + box.clientHeight) box.scrollTop = top + row_px - box.clientHeight
}

import { useRef, type KeyboardEvent } from 'react'
import type { Entry } from '../api/types'
import { folderOf } from '../open/text'
import { typed, type Row } from './rows'

interface Steered {
  rows: readonly Row[]
  at: number
  focus: (path: string) => void
  open: (entry: Entry) => void
  toggle: (path: string, isOpen: boolean) => void
  rename: ((path: string) => void) | null
  remove: ((entry: Entry) => void) | null
  menu: (entry: Entry) => void
}

/** Letters that come faster than this after each other are one word. */
const word_ms = 700
const page_rows = 15

/** The keys of a tree, as in the authoring practices of ARIA. */
export function useTreeKeys({ rows, at, focus, open, toggle, rename, remove, menu }: Steered): (event: KeyboardEvent) => void {
  const word = useRef({ text: '', at_ms: 0 })
  const go = (index: number) => { const row = rows[Math.max(0, Math.min(rows.length - 1, index))]; if (row) focus(row.entry.path) }
  return (event) => {
    const row = rows[at]
    if (!row || event.target !== event.currentTarget) return
    const { entry, isOpen } = row
    const isFolder = entry.kind === 'folder'
    const inward = () => { if (isFolder && !isOpen) toggle(entry.path, true); else if (isFolder) go(at + 1) }
    const outward = () => { if (isFolder && isOpen) toggle(entry.path, false); else if (folderOf(entry.path) !== '') focus(folderOf(entry.path)) }
    const acts: Record<string, (() => void) | undefined> = {
      ArrowDown: () => go(at + 1), ArrowUp: () => go(at - 1), Home: () => go(0), End: () => go(rows.length - 1), PageDown: () => go(at + page_rows), PageUp: () => go(at - page_rows),
      ArrowRight: inward, ArrowLeft: outward, Enter: () => open(entry), ' ': () => open(entry), F2: rename ? () => rename(entry.path) : undefined, Delete: remove ? () => remove(entry) : undefined,
      ContextMenu: () => menu(entry), F10: event.shiftKey ? () => menu(entry) : undefined,
    }
    const act = acts[event.key]
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (act && isPlain) { event.preventDefault(); event.stopPropagation(); act(); return }
    if (!isPlain || event.key.length !== 1) return
    event.preventDefault()
    event.stopPropagation()
    const isSame = event.timeStamp - word.current.at_ms < word_ms
    word.current = { text: (isSame ? word.current.text : '') + event.key, at_ms: event.timeStamp }
    go(typed(rows, at, word.current.text))
  }
}

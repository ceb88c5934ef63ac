import { create, type StoreApi, type UseBoundStore } from 'zustand'
import { isWithin, moved } from './text'
import { OpenFile, serverDoors, type Doors } from './OpenFile'

export type Tab = { kind: 'file'; path: string } | { kind: 'diff'; path: string; staged: boolean } | { kind: 'review'; path: string }
export type Side = 'files' | 'search' | 'git' | 'review' | 'sandboxes' | 'people' | 'trash'
export type Pane = 'side' | 'main' | 'shell'

/** Where in a file to go, once it is there. `at` tells two asks for the same place apart. */
export interface Spot { path: string; line: number; column: number; at: number }

export interface DeskState {
  tabs: Tab[]
  active: string | null
  side: Side
  expanded: string[]
  showHidden: boolean
  shellShown: boolean
  side_px: number
  shell_px: number
  /** Paths of files with something unsaved. */
  dirty: string[]
  /** Which pane a phone shows. */
  pane: Pane
  spot: Spot | null
}

const fresh: DeskState = { tabs: [], active: null, side: 'files', expanded: [], showHidden: false, shellShown: false, side_px: 280, shell_px: 260, dirty: [], pane: 'side', spot: null }
export const keyOf = (tab: Tab): string => (tab.kind === 'diff' ? `diff${tab.staged ? '-staged' : ''}:${tab.path}` : `${tab.kind}:${tab.path}`)

/**
 * One workspace as it lies open before a person: tabs and panes, kept in the browser, and the open files with their texts,
 * kept as long as the page lives.
 */
export class Desk {
  readonly use: UseBoundStore<StoreApi<DeskState>>
  readonly files = new Map<string, OpenFile>()
  private spots = 0

  constructor(readonly id: string, private readonly doors: Doors = serverDoors(id)) {
    this.use = create<DeskState>()(() => ({ ...fresh, ...saved(id), dirty: [], spot: null }))
    this.use.subscribe((state) => keep(id, state))
  }

  /** The open file of a path, fetched on first use. */
  file(path: string): OpenFile {
    const known = this.files.get(path)
    if (known) return known
    const file = new OpenFile(path, this.doors)
    this.files.set(path, file)
    file.subscribe(this.look)
    void file.load()
    return file
  }

  /** Tells which files have something unsaved, when that changes. */
  private look = (): void => {
    const dirty = this.unsaved.map(({ path }) => path)
    if (dirty.join('\n') !== this.use.getState().dirty.join('\n')) this.use.setState({ dirty })
  }

  open(tab: Tab, line?: number, column = 1): void {
    const key = keyOf(tab)
    this.use.setState(({ tabs, spot }) => ({
      tabs: tabs.some((known) => keyOf(known) === key) ? tabs : [...tabs, tab], active: key, pane: 'main',
      spot: line === undefined ? spot : { path: tab.path, line, column, at: ++this.spots },
    }))
  }

  show(key: string): void { this.use.setState({ active: key, pane: 'main' }) }

  close(key: string): void {
    this.use.setState(({ tabs, active }) => {
      const at = tabs.findIndex((tab) => keyOf(tab) === key)
      const left = tabs.filter((tab) => keyOf(tab) !== key)
      const next = left[Math.min(at, left.length - 1)]
      return { tabs: left, active: active === key ? (next ? keyOf(next) : null) : active }
    })
    const path = key.slice(key.indexOf(':') + 1)
    if (key.startsWith('file:')) this.forget(path)
  }

  private forget(path: string): void {
    this.files.get(path)?.dispose()
    this.files.delete(path)
    this.look()
  }

  toggle(path: string, isOpen?: boolean): void {
    this.use.setState(({ expanded }) => {
      const shows = expanded.includes(path)
      if (shows === isOpen) return {}
      return { expanded: shows ? expanded.filter((known) => known !== path) : [...expanded, path] }
    })
  }

  /** Follows a file or folder to its new place, with what is open of it. */
  moved(from: string, to: string): void {
    for (const [path, file] of [...this.files]) {
      if (!isWithin(from, path)) continue
      this.files.delete(path)
      file.path = moved(path, from, to)
      this.files.set(file.path, file)
    }
    this.use.setState(({ tabs, active, expanded }) => {
      const at = tabs.findIndex((tab) => keyOf(tab) === active)
      const next = tabs.map((tab) => ({ ...tab, path: moved(tab.path, from, to) }))
      const shown = next[at]
      return { tabs: next, active: shown ? keyOf(shown) : null, expanded: expanded.map((path) => moved(path, from, to)) }
    })
    this.look()
  }

  /** Closes what is open of a path that is gone, but for what is not saved. */
  removed(path: string): void {
    for (const tab of this.use.getState().tabs) {
      if (!isWithin(path, tab.path)) continue
      const file = tab.kind === 'file' ? this.files.get(tab.path) : undefined
      if (file?.state.isDirty) file.gone()
      else this.close(keyOf(tab))
    }
  }

  get unsaved(): OpenFile[] { return [...this.files.values()].filter((file) => file.state.isDirty) }
}

const storage_name = (id: string): string => `entourage.desk.${id}`

function saved(id: string): Partial<DeskState> {
  try { return JSON.parse(localStorage.getItem(storage_name(id)) ?? '{}') as Partial<DeskState> } catch { return {} }
}

function keep(id: string, state: DeskState): void {
  try { localStorage.setItem(storage_name(id), JSON.stringify({ ...state, dirty: [], spot: null })) } catch { /* storage is full or blocked: the tabs last until reload */ }
}

const desks = new Map<string, Desk>()

/** The desk of a workspace; what is open on it lives as long as the page. */
export function deskOf(id: string): Desk {
  const known = desks.get(id) ?? new Desk(id)
  desks.set(id, known)
  return known
}

import type { editor } from 'monaco-editor/editor'
import { ApiError } from '@/lib/http'
import { files, type Fetched } from '../api/calls'
import { difference, most_bytes, textOf } from './text'

/** What somebody else wrote into a file that is being changed here. */
export interface Theirs { text: string; etag: string }

export interface FileState {
  status: 'loading' | 'text' | 'binary' | 'large' | 'failed'
  /** The tag of what the server has, as far as we know; null for a file that is not there. */
  etag: string | null
  mime: string
  bytes: number
  isDirty: boolean
  isSaving: boolean
  error: unknown
  /** Set while what is here and what is there must be brought together. */
  theirs: Theirs | null
  /** Who wrote last, when it was not this page. */
  by: string | null
  isGone: boolean
}

/** What a file needs from outside; tests give their own. */
export interface Doors {
  read: (path: string) => Promise<Fetched>
  write: (path: string, body: Blob, etag: string | null) => Promise<{ etag: string | null }>
  model: (text: string, path: string) => Promise<editor.ITextModel>
}

const fresh: FileState = { status: 'loading', etag: null, mime: '', bytes: 0, isDirty: false, isSaving: false, error: null, theirs: null, by: null, isGone: false }

/**
 * A file that is open: its text in the editor, what the server had when it was last seen, and whether both agree. It
 * never writes over what somebody else wrote meanwhile: that is kept as `theirs` until the person has decided.
 */
export class OpenFile {
  state: FileState = fresh
  model: editor.ITextModel | null = null
  /** The text as the server had it when it was last seen: what both sides began from. */
  base = ''
  /** Where the person was in it. */
  view: editor.ICodeEditorViewState | null = null
  private saved = 0
  private heardWhileSaving: string | null | undefined
  private readonly listeners = new Set<() => void>()

  constructor(public path: string, private readonly doors: Doors) {}

  subscribe = (listener: () => void): (() => void) => { this.listeners.add(listener); return () => { this.listeners.delete(listener) } }
  snapshot = (): FileState => this.state

  private set(part: Partial<FileState>): void {
    this.state = { ...this.state, ...part }
    this.listeners.forEach((listener) => listener())
  }

  async load(): Promise<void> {
    this.set({ ...fresh })
    try {
      const fetched = await this.doors.read(this.path)
      const { etag, mime, bytes: { byteLength: bytes } } = fetched
      const text = bytes > most_bytes ? null : textOf(fetched.bytes)
      if (text === null) { this.set({ status: bytes > most_bytes ? 'large' : 'binary', etag, mime, bytes }); return }
      this.begin(await this.doors.model(text, this.path), text)
      this.set({ status: 'text', etag, mime, bytes })
    } catch (error) { this.set({ status: 'failed', error }) }
  }

  private begin(model: editor.ITextModel, text: string): void {
    this.model?.dispose()
    this.model = model
    this.base = text
    this.saved = model.getAlternativeVersionId()
    model.onDidChangeContent(() => this.look())
  }

  private look(): void {
    const isDirty = this.model !== null && this.model.getAlternativeVersionId() !== this.saved
    if (isDirty !== this.state.isDirty) this.set({ isDirty })
  }

  get text(): string { return this.model?.getValue(undefined, true) ?? '' }

  /** Saves over what was last seen; true when the server has it. Refused, it holds what the other wrote. */
  async save(): Promise<boolean> {
    if (!this.model || this.state.isSaving) return false
    const { text } = this
    const version = this.model.getAlternativeVersionId()
    this.heardWhileSaving = undefined
    this.set({ isSaving: true })
    try {
      const { etag } = await this.doors.write(this.path, new Blob([text]), this.state.isGone ? null : this.state.etag)
      this.base = text
      this.saved = version
      this.set({ etag, isSaving: false, theirs: null, by: null, isGone: false, bytes: new Blob([text]).size })
      this.look()
      if (this.heardWhileSaving !== undefined && this.heardWhileSaving !== etag) await this.heard(this.heardWhileSaving)
      return true
    } catch (error) {
      this.set({ isSaving: false })
      if (!(error instanceof ApiError) || error.status !== 412) throw error
      await this.meet()
      return false
    }
  }

  /** Takes up that the file is now another on the server: shown at once, or kept beside what is being written here. */
  async heard(etag: string | null | undefined, by: string | null = null): Promise<void> {
    if (this.state.isSaving) { this.heardWhileSaving = etag ?? null; return }
    if (this.state.status === 'loading' || (etag !== undefined && etag !== null && (etag === this.state.etag || etag === this.state.theirs?.etag))) return
    this.set({ by })
    if (this.state.status !== 'text') await this.load()
    else await this.meet()
  }

  gone(): void { this.set({ isGone: true, theirs: null }) }

  /** Fetches what the server has: where nothing is unsaved it takes the text's place, else it is kept as theirs. */
  private async meet(): Promise<void> {
    try {
      const { bytes, etag } = await this.doors.read(this.path)
      const text = textOf(bytes)
      if (etag === this.state.etag) return
      if (text === null) { await this.load(); return }
      if (text === this.text) this.agree(text, etag)
      else if (this.state.isDirty) this.set({ theirs: { text, etag }, isGone: false })
      else { this.replace(text); this.agree(text, etag) }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.gone()
      else throw error
    }
  }

  private agree(text: string, etag: string): void {
    this.base = text
    this.saved = this.model?.getAlternativeVersionId() ?? 0
    this.set({ etag, theirs: null, isGone: false, isDirty: false })
  }

  /** Puts another text in place of this one; the cursor stays where it can, and it can be undone. */
  replace(text: string): void {
    const { model } = this
    if (!model) return
    const before = model.getValue()
    const { from, to, text: insert } = difference(before, text.replace(/^\ufeff/, '').replace(/\r?\n/g, model.getEOL()))
    const [start, end] = [model.getPositionAt(from), model.getPositionAt(to)]
    model.pushEditOperations([], [{ range: { startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: end.lineNumber, endColumn: end.column }, text: insert }], () => null)
  }

  takeTheirs(): void {
    const { theirs } = this.state
    if (!theirs) return
    this.replace(theirs.text)
    this.agree(theirs.text, theirs.etag)
  }

  /** Saves this text over theirs, which the person has seen. */
  async saveOver(text: string): Promise<boolean> {
    const { theirs } = this.state
    if (!theirs) return false
    this.replace(text)
    this.base = theirs.text
    this.set({ etag: theirs.etag, theirs: null })
    return this.save()
  }

  dispose(): void { this.model?.dispose(); this.model = null; this.listeners.clear() }
}

/** The doors of one workspace on the server. */
export const serverDoors = (workspaceId: string): Doors => ({
  read: (path) => files.read(workspaceId, path),
  write: (path, body, etag) => files.write(workspaceId, path, body, etag),
  model: async (text, path) => {
    const { loadMonaco } = await import('@/editor/load')
    await loadMonaco()
    const { makeModel } = await import('@/editor/models')
    return makeModel(text, { path })
  },
})

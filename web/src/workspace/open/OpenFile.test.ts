import type { editor } from 'monaco-editor/editor'
import { expect, test } from 'vitest'
import { ApiError } from '@/lib/http'
import { OpenFile, type Doors } from './OpenFile'

/** As much of the editor's model as an open file uses. */
class FakeModel {
  private version = 1
  private heard: () => void = () => undefined
  constructor(private text: string) {}
  getAlternativeVersionId = (): number => this.version
  getValue = (): string => this.text
  getEOL = (): string => '\n'
  onDidChangeContent = (listener: () => void): void => { this.heard = listener }
  getPositionAt = (at: number) => ({ lineNumber: 1, column: at + 1 })
  pushEditOperations = (_: unknown, [edit]: { range: { startColumn: number; endColumn: number }; text: string }[]): void => { if (edit) this.write(this.text.slice(0, edit.range.startColumn - 1) + edit.text + this.text.slice(edit.range.endColumn - 1)) }
  dispose = (): void => undefined
  write(text: string): void { this.text = text; this.version++; this.heard() }
}

class FakeServer implements Doors {
  private version = 1
  isThere = true
  constructor(public text: string) {}
  get etag(): string { return `"${this.version}"` }
  save(text: string): void { this.text = text; this.version++ }
  read = async () => {
    if (!this.isThere) throw new ApiError({ title: 'gone' }, 404)
    return { bytes: new TextEncoder().encode(this.text).buffer as ArrayBuffer, etag: this.etag, mime: 'text/plain' }
  }
  write = async (_: string, body: Blob, etag: string | null) => {
    if (this.isThere ? etag !== this.etag : etag !== null) throw new ApiError({ title: 'changed' }, 412)
    this.isThere = true
    this.save(await body.text())
    return { etag: this.etag }
  }
  model = async (text: string) => new FakeModel(text) as unknown as editor.ITextModel
}

async function opened(text: string) {
  const server = new FakeServer(text)
  const file = new OpenFile('a.txt', server)
  await file.load()
  return { server, file, write: (next: string) => (file.model as unknown as FakeModel).write(next) }
}

test('a saved file is what the server has, and clean', async () => {
  const { server, file, write } = await opened('one\n')
  write('two\n')
  expect(file.state.isDirty).toBe(true)
  expect(await file.save()).toBe(true)
  expect([server.text, file.state.isDirty, file.state.etag]).toEqual(['two\n', false, server.etag])
})

test('a save over what somebody else wrote is refused, and both texts are kept', async () => {
  const { server, file, write } = await opened('one\n')
  write('mine\n')
  server.save('theirs\n')
  expect(await file.save()).toBe(false)
  expect([server.text, file.text, file.state.theirs?.text]).toEqual(['theirs\n', 'mine\n', 'theirs\n'])
})

test('a file without unsaved changes follows the server', async () => {
  const { server, file } = await opened('one\n')
  server.save('two\n')
  await file.heard(server.etag, 'coder')
  expect([file.text, file.state.isDirty, file.state.theirs, file.state.by]).toEqual(['two\n', false, null, 'coder'])
})

test('a file with unsaved changes keeps them beside what the server has now', async () => {
  const { server, file, write } = await opened('one\n')
  write('mine\n')
  server.save('theirs\n')
  await file.heard(server.etag)
  expect([file.text, file.state.theirs?.text]).toEqual(['mine\n', 'theirs\n'])
})

test('what was decided is saved over theirs, and over nothing newer', async () => {
  const { server, file, write } = await opened('one\n')
  write('mine\n')
  server.save('theirs\n')
  await file.save()
  server.save('newer\n')
  expect(await file.saveOver('both\n')).toBe(false)
  expect([server.text, file.state.theirs?.text]).toEqual(['newer\n', 'newer\n'])
  expect(await file.saveOver('all\n')).toBe(true)
  expect([server.text, file.state.theirs]).toEqual(['all\n', null])
})

test('theirs can be taken', async () => {
  const { server, file, write } = await opened('one\n')
  write('mine\n')
  server.save('theirs\n')
  await file.save()
  file.takeTheirs()
  expect([file.text, file.state.isDirty, file.state.etag]).toEqual(['theirs\n', false, server.etag])
})

test('the same change by both is no conflict', async () => {
  const { server, file, write } = await opened('one\n')
  write('two\n')
  server.save('two\n')
  await file.save()
  expect([file.state.theirs, file.state.isDirty, file.state.etag]).toEqual([null, false, server.etag])
})

test('a file that was deleted is saved anew only when the person says so', async () => {
  const { server, file, write } = await opened('one\n')
  write('mine\n')
  server.isThere = false
  expect(await file.save()).toBe(false)
  expect(file.state.isGone).toBe(true)
  expect(await file.save()).toBe(true)
  expect(server.text).toBe('mine\n')
})

test('our own save, heard of before it was answered, changes nothing', async () => {
  const { server, file, write } = await opened('one\n')
  write('two\n')
  const saving = file.save()
  await file.heard('"2"')
  await saving
  expect([file.state.theirs, file.state.isDirty, file.state.etag]).toEqual([null, false, server.etag])
})

test('bytes that are no text are not opened as text', async () => {
  const { file } = await opened('a\0b')
  expect(file.state.status).toBe('binary')
})

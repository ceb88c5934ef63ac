import { useEffect, useRef, useState, type ReactNode } from 'react'
import Save from 'lucide-react/icons/save'
import { useT } from '@/i18n'
import { monaco, options } from '@/editor/monaco'
import { drawStyles } from '@/editor/strictHtml'
import '@/editor/editor.css'
import { bytes } from '@/lib/format'
import { usePreferences } from '@/lib/queries'
import { Button, toastError } from '@/ui'
import { useDesk } from './context'
import type { OpenFile } from './OpenFile'
import { useFile } from './useFile'

type CodeEditor = monaco.editor.IStandaloneCodeEditor
interface Place { line: number; column: number; selected: number }

/** The editor over the text of a file. It stays while files change places in it, each with its own cursor and undo. */
export default function CodePane({ file }: { file: OpenFile }): ReactNode {
  const t = useT('workspaces')
  const { canWrite } = useDesk()
  const preferences = usePreferences().data?.editor
  const box = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<CodeEditor | null>(null)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const undraw = drawStyles(element)
    const made = monaco.editor.create(element, { ...options, model: null })
    setEditor(made)
    return () => { setEditor(null); made.dispose(); undraw() }
  }, [])
  useEffect(() => {
    editor?.updateOptions({
      readOnly: !canWrite, readOnlyMessage: { value: t('viewerText') }, ariaLabel: t('textOf', { path: file.path }),
      fontSize: preferences?.font_size ?? 13, lineHeight: Math.round((preferences?.font_size ?? 13) * 1.55), wordWrap: preferences?.wrap ? 'on' : 'off',
    })
  }, [editor, canWrite, file.path, preferences, t])
  useModel(editor, file)
  useSpot(editor, file)
  return (
    <>
      <div ref={box} className="ws-code editor-box" data-path={file.path} />
      <StatusLine editor={editor} file={file} />
    </>
  )
}

/** Puts the file's text in the editor, where the person left it. */
function useModel(editor: CodeEditor | null, file: OpenFile): void {
  useEffect(() => {
    if (!editor || !file.model) return
    editor.setModel(file.model)
    if (file.view) editor.restoreViewState(file.view)
    const saving = editor.addAction({ id: 'entourage.save', label: 'Save', keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS], run: () => { file.save().catch(toastError) } })
    return () => { file.view = editor.saveViewState(); saving.dispose(); editor.setModel(null) }
  }, [editor, file, file.model])
}

/** Goes to the line that was asked for, once. */
function useSpot(editor: CodeEditor | null, file: OpenFile): void {
  const { desk } = useDesk()
  const spot = desk.use((state) => state.spot)
  useEffect(() => {
    if (!editor || !file.model || spot?.path !== file.path) return
    const position = file.model.validatePosition({ lineNumber: spot.line, column: spot.column })
    editor.setPosition(position)
    editor.revealPositionInCenter(position)
    editor.focus()
    desk.use.setState({ spot: null })
  }, [editor, file, file.model, spot, desk])
}

function StatusLine({ editor, file }: { editor: CodeEditor | null; file: OpenFile }): ReactNode {
  const t = useT('workspaces')
  const { canWrite } = useDesk()
  const { isDirty, isSaving, bytes: size } = useFile(file)
  const [place, setPlace] = useState<Place>({ line: 1, column: 1, selected: 0 })
  useEffect(() => {
    const heard = editor?.onDidChangeCursorSelection(({ selection }) => setPlace({ line: selection.positionLineNumber, column: selection.positionColumn, selected: editor.getModel()?.getValueLengthInRange(selection) ?? 0 }))
    return () => heard?.dispose()
  }, [editor])
  const language = monaco.languages.getLanguages().find(({ id }) => id === file.model?.getLanguageId())
  return (
    <footer className="ws-status tiny muted">
      <span className="cut grow mono">{file.path}</span>
      <span className="ws-wide">{t('place', { line: place.line, column: place.column })}{place.selected > 0 && ` (${t('selected', { n: place.selected })})`}</span>
      <span className="ws-wide">{language?.aliases?.[0] ?? t('plainText')}</span>
      <span className="ws-wide">{bytes(size)}</span>
      {canWrite ? <Button size="s" variant={isDirty ? 'primary' : 'ghost'} disabled={!isDirty} loading={isSaving} icon={<Save size={13} />} onClick={() => file.save().catch(toastError)}>{t(isDirty || isSaving ? 'save' : 'saved')}</Button> : <span>{t('readOnly')}</span>}
    </footer>
  )
}

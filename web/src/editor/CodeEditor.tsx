import { useEffect, useRef, type ReactNode } from 'react'
import { makeModel, type Named } from './models'
import { monaco, options } from './monaco'
import { drawStyles } from './strictHtml'

export interface CodeEditorProps extends Named {
  /** Spoken name of the text box. */
  label: string
  value: string
  readOnly?: boolean
  /** Told of every change by the person; a change of `value` from outside is not told. */
  onChange?: (value: string) => void
  /** Called with the editor once it is there. Returns what undoes it. */
  onReady?: (editor: monaco.editor.IStandaloneCodeEditor) => (() => void) | void
  settings?: monaco.editor.IEditorOptions
}

export default function CodeEditor({ label, value, readOnly = false, path, language, onChange, onReady, settings }: CodeEditorProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null)
  const latest = useRef({ onChange, onReady, value })
  useEffect(() => { latest.current = { onChange, onReady, value } })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const undraw = drawStyles(element)
    const model = makeModel(latest.current.value, { path, language })
    const made = monaco.editor.create(element, { ...options, ...settings, model, readOnly, ariaLabel: label })
    editor.current = made
    model.onDidChangeContent((event) => { if (!event.isFlush) latest.current.onChange?.(model.getValue()) })
    const undo = latest.current.onReady?.(made)
    return () => { undo?.(); made.dispose(); model.dispose(); undraw(); editor.current = null }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path, language])
  useEffect(() => { editor.current?.updateOptions({ ...settings, readOnly, ariaLabel: label }) }, [readOnly, label, settings])
  useEffect(() => {
    const model = editor.current?.getModel()
    if (model && model.getValue() !== value) model.setValue(value)
  }, [value])
  return <div ref={box} className="editor-box" />
}

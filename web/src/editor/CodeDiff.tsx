import { useEffect, useRef, type ReactNode } from 'react'
import { makeModel, type Named } from './models'
import { monaco, options } from './monaco'
import { drawStyles } from './strictHtml'

export interface CodeDiffProps extends Named {
  /** Spoken names of the two texts. */
  labels: { original: string; modified: string }
  original: string
  modified: string
  /** One text under the other whatever the room. */
  inline?: boolean
  /** Lets the person change the right text; told of every change. */
  onChange?: (modified: string) => void
  /** Called with the editor once it is there. Returns what undoes it. */
  onReady?: (diff: monaco.editor.IStandaloneDiffEditor) => (() => void) | void
  /** Folds what is the same on both sides. */
  foldSame?: boolean
}

export default function CodeDiff({ labels, original, modified, inline = false, path, language, onChange, onReady, foldSame = false }: CodeDiffProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const diff = useRef<monaco.editor.IStandaloneDiffEditor | null>(null)
  const latest = useRef({ onChange, onReady, original, modified })
  useEffect(() => { latest.current = { onChange, onReady, original, modified } })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const undraw = drawStyles(element)
    const models = { original: makeModel(latest.current.original, { path, language }), modified: makeModel(latest.current.modified, { path, language }) }
    const made = monaco.editor.createDiffEditor(element, {
      ...options, readOnly: latest.current.onChange === undefined, originalEditable: false, renderSideBySide: !inline, useInlineViewWhenSpaceIsLimited: true,
      renderOverviewRuler: false, renderMarginRevertIcon: false, renderGutterMenu: false, diffAlgorithm: 'advanced', ignoreTrimWhitespace: false,
      hideUnchangedRegions: { enabled: foldSame },
    })
    made.setModel(models)
    diff.current = made
    // The diff forgets its labels whenever it lays itself out anew.
    const name = () => {
      made.getOriginalEditor().updateOptions({ ariaLabel: labels.original })
      made.getModifiedEditor().updateOptions({ ariaLabel: labels.modified })
    }
    name()
    made.onDidUpdateDiff(name)
    made.getModifiedEditor().onDidLayoutChange(name)
    models.modified.onDidChangeContent((event) => { if (!event.isFlush) latest.current.onChange?.(models.modified.getValue()) })
    const undo = latest.current.onReady?.(made)
    return () => { undo?.(); made.dispose(); models.original.dispose(); models.modified.dispose(); undraw(); diff.current = null }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path, language, inline])
  useEffect(() => {
    const models = diff.current?.getModel()
    if (!models) return
    if (models.original.getValue() !== original) models.original.setValue(original)
    if (models.modified.getValue() !== modified) models.modified.setValue(modified)
  }, [original, modified])
  return <div ref={box} className="editor-box" />
}

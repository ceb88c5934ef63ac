import { useMemo, type ReactNode } from 'react'
import DiffView from '@/artifacts/diff/DiffView'
import { diffLines } from '@/artifacts/diff/lines'
import '@/artifacts/dock.css'

/** What changed from one text to the next, line by line. */
export default function TextDiff({ before, after, label }: { before: string; after: string; label: string }): ReactNode {
  const diff = useMemo(() => diffLines(before, after), [before, after])
  return <div className="fragment-diff"><DiffView before={before} after={after} diff={diff} language={null} title={label} wrap fontSize={12.5} /></div>
}

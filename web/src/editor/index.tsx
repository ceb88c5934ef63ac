import { lazy, Suspense, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Spinner } from '@/ui'
import { loadMonaco } from './load'
import type { CodeEditorProps } from './CodeEditor'
import type { CodeDiffProps } from './CodeDiff'
import './editor.css'

const LazyEditor = lazy(() => loadMonaco().then(() => import('./CodeEditor')))
const LazyDiff = lazy(() => loadMonaco().then(() => import('./CodeDiff')))

function Waiting(): ReactNode {
  const t = useT('shell')
  return <div className="editor-wait"><Spinner label={t('loading')} /></div>
}

/** A text in the code editor. It fills its parent, which must have a height. */
export const Editor = (props: CodeEditorProps): ReactNode => <Suspense fallback={<Waiting />}><LazyEditor {...props} /></Suspense>

/** Two texts beside each other, or one under the other where there is no room. It fills its parent. */
export const DiffEditor = (props: CodeDiffProps): ReactNode => <Suspense fallback={<Waiting />}><LazyDiff {...props} /></Suspense>

export type { CodeEditorProps, CodeDiffProps }

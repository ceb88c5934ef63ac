import { lazy, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { Artifact } from '@/lib/types'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import { MAX_TEXT_BYTES, type Mode, viewerKind } from './modes'
import { useComparison, useContentText } from './queries'
import { FramedPage, Picture } from './framed'

const CodeView = lazy(() => import('./code/CodeView'))
const DiffView = lazy(() => import('./diff/DiffView'))
const DataView = lazy(() => import('./table/DataView'))
const JsonData = lazy(() => import('./json/JsonData'))
const Markdown = lazy(() => import('@/chat/Markdown').then((module) => ({ default: module.Markdown })))

interface Props {
  artifact: Artifact
  version: number
  /** The older side when changes are shown; 0 when there is none. */
  base: number
  mode: Mode
  wrap: boolean
  fontSize: number
}

/** The viewer that fits the artifact and the mode. */
export function Body(props: Props): ReactNode {
  const { artifact, version, mode } = props
  const kind = viewerKind(artifact)
  if (mode === 'changes') return <Changes {...props} />
  if (mode === 'view' && kind === 'image')
    return <Picture id={artifact.id} version={version} title={artifact.title} format={artifact.format} />
  if (mode === 'view' && kind === 'web' && version === artifact.version)
    return <FramedPage id={artifact.id} version={version} title={artifact.title} />
  return <TextBody {...props} />
}

function TextBody({ artifact, version, mode, wrap, fontSize }: Props): ReactNode {
  const t = useT('artifacts')
  const tooLarge = artifact.size > MAX_TEXT_BYTES
  const text = useContentText(artifact.id, version, !tooLarge, true)
  if (tooLarge)
    return (
      <EmptyState title={t('tooLarge')}>
        <p>{t('tooLargeDetail', { size: bytes(artifact.size) })}</p>
      </EmptyState>
    )
  if (text.isError) return <ErrorState error={text.error} onRetry={() => void text.refetch()} />
  if (text.isPending) return <Waiting />
  if (text.data.trim() === '')
    return (
      <EmptyState title={t('nothingInside')}>
        <p>{t('nothingInsideDetail')}</p>
      </EmptyState>
    )
  const kind = viewerKind(artifact)
  if (mode === 'view' && kind === 'csv') return <DataView text={text.data} title={artifact.title} />
  if (mode === 'view' && kind === 'json') return <JsonData text={text.data} title={artifact.title} />
  if (mode === 'view' && kind === 'markdown')
    return (
      <div className="dock-page" tabIndex={0} role="region" aria-label={artifact.title}>
        <Markdown text={text.data} />
      </div>
    )
  return (
    <CodeView
      text={text.data}
      language={artifact.language ?? LANGUAGE_OF[kind] ?? null}
      title={artifact.title}
      wrap={wrap}
      fontSize={fontSize}
    />
  )
}

const LANGUAGE_OF: Partial<Record<ReturnType<typeof viewerKind>, string>> = {
  json: 'json',
  markdown: 'markdown',
  web: 'html',
  image: 'xml',
}

function Changes({ artifact, version, base, wrap, fontSize }: Props): ReactNode {
  const t = useT('artifacts')
  const { data, error } = useComparison(artifact.id, base, version)
  if (base < 1)
    return (
      <EmptyState title={t('firstVersion')}>
        <p>{t('firstVersionDetail')}</p>
      </EmptyState>
    )
  if (error) return <ErrorState error={error} />
  if (!data) return <Waiting />
  return (
    <DiffView
      key={`${base} ${version}`}
      {...data}
      language={artifact.language ?? LANGUAGE_OF[viewerKind(artifact)] ?? null}
      title={artifact.title}
      wrap={wrap}
      fontSize={fontSize}
    />
  )
}

export function Waiting(): ReactNode {
  const t = useT('artifacts')
  return (
    <div className="dock-wait">
      <Spinner label={t('loading')} />
    </div>
  )
}

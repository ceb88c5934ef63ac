import { lazy, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { Artifact } from '@/lib/types'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import { BinaryChanges } from './BinaryChanges'
import { Document, FileCard, FramedPage, Media, Picture } from './framed'
import { EDITOR_BYTES, isText, MAX_TEXT_BYTES, type Mode, type ViewerKind, viewerKind } from './modes'
import { useComparison, useContentText } from './queries'

const CodeView = lazy(() => import('./code/CodeView'))
const DiffView = lazy(() => import('./diff/DiffView'))
const DataView = lazy(() => import('./table/DataView'))
const JsonData = lazy(() => import('./json/JsonData'))
const ChartView = lazy(() => import('./chart/ChartView'))
const CastView = lazy(() => import('./terminal/CastView'))
const LargeCode = lazy(() => import('./edit/LargeCode'))
const EditView = lazy(() => import('./edit/EditView'))
const Markdown = lazy(() => import('@/chat/Markdown').then((module) => ({ default: module.Markdown })))

interface Props {
  artifact: Artifact
  version: number
  /** The older side when changes are shown; 0 when there is none. */
  base: number
  mode: Mode
  wrap: boolean
  fontSize: number
  /** Called when editing is over. */
  onEdited?: () => void
}

/** The viewer that fits the artifact and the mode. */
export function Body(props: Props): ReactNode {
  const { artifact, version, mode } = props
  const kind = viewerKind(artifact)
  if (mode === 'changes') return isText(artifact) ? <Changes {...props} /> : <BinaryChanges {...props} />
  if (mode !== 'view') return <TextBody {...props} />
  if (kind === 'image') return <Picture artifact={artifact} version={version} />
  if (kind === 'web') return <FramedPage artifact={artifact} version={version} />
  if (kind === 'video' || kind === 'audio') return <Media artifact={artifact} version={version} kind={kind} />
  if (kind === 'pdf') return <Document artifact={artifact} version={version} />
  if (kind === 'file') return <FileCard artifact={artifact} version={version} />
  return <TextBody {...props} />
}

function TextBody(props: Props): ReactNode {
  const { artifact, version, mode, wrap, fontSize } = props
  const t = useT('artifacts')
  const tooLarge = artifact.size > MAX_TEXT_BYTES
  const text = useContentText(artifact.id, version, !tooLarge, mode !== 'edit')
  if (tooLarge)
    return (
      <EmptyState title={t('tooLarge')}>
        <p>{t('tooLargeDetail', { size: bytes(artifact.size) })}</p>
      </EmptyState>
    )
  if (text.isError) return <ErrorState error={text.error} onRetry={() => void text.refetch()} />
  if (text.isPending) return <Waiting />
  const kind = viewerKind(artifact)
  const language = artifact.language ?? LANGUAGE_OF[kind] ?? null
  if (mode === 'edit') return <EditView artifact={artifact} version={version} text={text.data} language={language} onDone={() => props.onEdited?.()} />
  if (text.data.trim() === '')
    return (
      <EmptyState title={t('nothingInside')}>
        <p>{t('nothingInsideDetail')}</p>
      </EmptyState>
    )
  const shown = mode === 'view' ? viewOf(kind, text.data, artifact) : null
  if (shown) return shown
  if (text.data.length > EDITOR_BYTES) return <LargeCode text={text.data} language={language} title={artifact.title} wrap={wrap} />
  return <CodeView text={text.data} language={language} title={artifact.title} wrap={wrap} fontSize={fontSize} />
}

function viewOf(kind: ViewerKind, text: string, { title, format }: Artifact): ReactNode {
  switch (kind) {
    case 'csv':
      return <DataView text={text} title={title} />
    case 'json':
      return <JsonData text={text} title={title} isLines={format.includes('ndjson')} />
    case 'chart':
      return <ChartView text={text} title={title} />
    case 'cast':
      return <CastView text={text} title={title} />
    case 'markdown':
      return (
        <div className="dock-page" tabIndex={0} role="region" aria-label={title}>
          <Markdown text={text} />
        </div>
      )
    default:
      return null
  }
}

const LANGUAGE_OF: Partial<Record<ViewerKind, string>> = {
  json: 'json',
  chart: 'json',
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

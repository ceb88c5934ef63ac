import { lazy, type ReactNode, useEffect, useState } from 'react'
import Download from 'lucide-react/icons/download'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { Artifact } from '@/lib/types'
import { Button, EmptyState, ErrorState, Spinner, toastError } from '@/ui'
import { download } from './download'
import { useContent, useContentUrl } from './queries'

const ImageView = lazy(() => import('./media/ImageView'))
const MediaView = lazy(() => import('./media/MediaView'))
const WebView = lazy(() => import('./media/WebView'))
const PdfView = lazy(() => import('./pdf/PdfView'))

interface Props {
  artifact: Artifact
  version: number
}

export function Picture({ artifact, version }: Props): ReactNode {
  const content = useContent(artifact.id, version, artifact.format)
  const src = useObjectUrl(content.data)
  if (content.isError) return <ErrorState error={content.error} onRetry={() => void content.refetch()} />
  return src ? <ImageView src={src} title={artifact.title} /> : <Wait />
}

export function Document({ artifact, version }: Props): ReactNode {
  const content = useContent(artifact.id, version, artifact.format)
  if (content.isError) return <ErrorState error={content.error} onRetry={() => void content.refetch()} />
  return content.data ? <PdfView blob={content.data} title={artifact.title} /> : <Wait />
}

/** The newest version comes in parts, as the player asks; an older one whole. */
export function Media({ artifact, version, kind }: Props & { kind: 'video' | 'audio' }): ReactNode {
  return version === artifact.version ? (
    <StreamedMedia artifact={artifact} version={version} kind={kind} />
  ) : (
    <WholeMedia artifact={artifact} version={version} kind={kind} />
  )
}

function StreamedMedia({ artifact, version, kind }: Props & { kind: 'video' | 'audio' }): ReactNode {
  const url = useContentUrl(artifact.id, version)
  if (url.isError) return <ErrorState error={url.error} onRetry={() => void url.refetch()} />
  if (!url.data) return <Wait />
  const picture = artifact.preview?.thumbnail_url ?? null
  return <MediaView kind={kind} src={url.data} title={artifact.title} picture={picture} onExpired={() => url.refetch()} />
}

function WholeMedia({ artifact, version, kind }: Props & { kind: 'video' | 'audio' }): ReactNode {
  const content = useContent(artifact.id, version, artifact.format)
  const src = useObjectUrl(content.data)
  if (content.isError) return <ErrorState error={content.error} onRetry={() => void content.refetch()} />
  return src ? <MediaView kind={kind} src={src} title={artifact.title} picture={null} onExpired={() => content.refetch()} /> : <Wait />
}

/** What no browser shows: how it begins, and the way to take it along. */
export function FileCard({ artifact, version }: Props): ReactNode {
  const t = useT('artifacts')
  return (
    <EmptyState title={artifact.title}>
      <p>{t('fileDetail', { size: bytes(artifact.size) })}</p>
      {artifact.preview?.text && <blockquote className="dock-excerpt">{artifact.preview.text}</blockquote>}
      <Button icon={<Download size={15} />} onClick={() => void download(artifact, version).catch(toastError)}>
        {t('download')}
      </Button>
    </EmptyState>
  )
}

export function FramedPage({ artifact, version }: Props): ReactNode {
  const t = useT('artifacts')
  const url = useContentUrl(artifact.id, version)
  if (url.isError) return <ErrorState error={url.error} onRetry={() => void url.refetch()} />
  if (url.isPending) return <Wait />
  if (url.data === null || version !== artifact.version)
    return (
      <EmptyState title={t('noPreview')}>
        <p>{t('noPreviewDetail')}</p>
      </EmptyState>
    )
  return (
    <WebView
      src={url.data}
      title={artifact.title}
      onReload={async () => {
        await url.refetch()
      }}
    />
  )
}

function Wait(): ReactNode {
  const t = useT('artifacts')
  return (
    <div className="dock-wait">
      <Spinner label={t('loading')} />
    </div>
  )
}

function useObjectUrl(blob: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!blob) return
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url
}

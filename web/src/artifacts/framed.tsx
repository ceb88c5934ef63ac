import { lazy, type ReactNode, useEffect, useState } from 'react'
import { useT } from '@/i18n'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import { useContent, useContentUrl } from './queries'

const ImageView = lazy(() => import('./media/ImageView'))
const WebView = lazy(() => import('./media/WebView'))

interface Props {
  id: string
  version: number
  title: string
}

export function Picture({ id, version, title, format }: Props & { format: string }): ReactNode {
  const content = useContent(id, version, format)
  const src = useObjectUrl(content.data)
  if (content.isError) return <ErrorState error={content.error} onRetry={() => void content.refetch()} />
  if (!src)
    return (
      <div className="dock-wait">
        <Spinner />
      </div>
    )
  return <ImageView src={src} title={title} />
}

export function FramedPage({ id, version, title }: Props): ReactNode {
  const t = useT('artifacts')
  const url = useContentUrl(id, version)
  if (url.isError) return <ErrorState error={url.error} onRetry={() => void url.refetch()} />
  if (url.isPending)
    return (
      <div className="dock-wait">
        <Spinner label={t('loading')} />
      </div>
    )
  if (url.data === null)
    return (
      <EmptyState title={t('noPreview')}>
        <p>{t('noPreviewDetail')}</p>
      </EmptyState>
    )
  return (
    <WebView
      src={url.data}
      title={title}
      onReload={async () => {
        await url.refetch()
      }}
    />
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

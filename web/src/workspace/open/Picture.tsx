import { useEffect, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import { Spinner, toastError } from '@/ui'
import { files } from '../api/calls'
import { useDesk } from './context'
import type { OpenFile } from './OpenFile'
import { nameOf } from './text'
import { useFile } from './useFile'

/** A picture of the workspace, no larger than it is. */
export function Picture({ file }: { file: OpenFile }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const { mime, etag, bytes: size } = useFile(file)
  const [url, setUrl] = useState<string | null>(null)
  const [shape, setShape] = useState('')
  useEffect(() => {
    const stop = new AbortController()
    let made: string | null = null
    files.read(desk.id, file.path, stop.signal).then(({ bytes: content }) => { made = URL.createObjectURL(new Blob([content], { type: mime })); setUrl(made) }, (error: unknown) => { if (!stop.signal.aborted) toastError(error) })
    return () => { stop.abort(); if (made !== null) URL.revokeObjectURL(made) }
  }, [desk.id, file.path, mime, etag])
  if (url === null) return <div className="admin-wait"><Spinner label={t('opening', { name: nameOf(file.path) })} /></div>
  return (
    <figure className="ws-picture">
      <img src={url} alt={nameOf(file.path)} onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setShape(`${naturalWidth} × ${naturalHeight}`)} />
      <figcaption className="tiny muted">{[shape, bytes(size)].filter(Boolean).join(' · ')}</figcaption>
    </figure>
  )
}

import { useEffect, useMemo, useState, type ReactNode } from 'react'
import Download from 'lucide-react/icons/download'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { bytes } from '@/lib/format'
import { Button } from '@/ui'
import { bytesOf } from './blocks'

/** Only kinds that are no programs are drawn; an SVG as a picture runs nothing. */
const IMAGES = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/
const SOUNDS = /^audio\/[\w.+-]+$/

/** A picture or a sound, and the way to keep it. */
export function Media({ kind, data, mime }: { kind: 'image' | 'audio'; data: string; mime: string }): ReactNode {
  const t = useT('tools')
  const blob = useBlob(data, mime)
  const url = useUrl(blob)
  const known = kind === 'image' ? IMAGES.test(mime) : SOUNDS.test(mime)
  if (!blob) return <p className="small tone-bad">{t('brokenMedia', { mime })}</p>
  const name = `${kind}.${mime.split('/')[1]?.replace(/\+.*/, '') ?? 'bin'}`
  return (
    <figure className="result-media">
      {known && url !== null && (kind === 'image' ? <img src={url} alt={t('pictureOf', { mime })} /> : <audio controls src={url} aria-label={t('soundOf', { mime })} />)}
      <figcaption className="row tiny muted"><span>{mime}</span><span>{bytes(blob.size)}</span><Save blob={blob} name={name} /></figcaption>
    </figure>
  )
}

/** Bytes of another kind, which can only be kept. */
export function SaveBytes({ data, mime, name }: { data: string; mime: string; name: string }): ReactNode {
  const t = useT('tools')
  const blob = useBlob(data, mime)
  if (!blob) return <p className="small tone-bad">{t('brokenMedia', { mime })}</p>
  return <div className="row tiny muted"><span>{bytes(blob.size)}</span><Save blob={blob} name={name} /></div>
}

function Save({ blob, name }: { blob: Blob; name: string }): ReactNode {
  const t = useT('tools')
  return <Button size="s" icon={<Download size={13} />} onClick={() => saveBlob(blob, name)}>{t('saveAs', { name })}</Button>
}

function useBlob(data: string, mime: string): Blob | null {
  return useMemo(() => {
    const found = bytesOf(data)
    return found && new Blob([found], { type: mime })
  }, [data, mime])
}

function useUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!blob) return
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url
}

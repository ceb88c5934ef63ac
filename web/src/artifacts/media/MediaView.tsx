import { type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import './media.css'

interface Props {
  kind: 'video' | 'audio'
  src: string
  title: string
  /** What it looks like before it plays: a film's picture, a sound's waveform. */
  picture: string | null
  /** Asks for a fresh address: the old one may have run out. */
  onExpired: () => Promise<unknown>
}

/** A film or a sound, by the browser's own player; it asks for the parts that it needs. */
export default function MediaView({ kind, src, title, picture, onExpired }: Props): ReactNode {
  const t = useT('artifacts')
  const [tries, setTries] = useState(0)
  const onError = (): void => {
    if (tries === 0) void onExpired().finally(() => setTries(1))
    else setTries(2)
  }
  if (tries > 1)
    return (
      <EmptyState title={t('mediaBroken')}>
        <p>{t('mediaBrokenDetail')}</p>
      </EmptyState>
    )
  return (
    <div className={`media media-${kind}`} role="region" aria-label={title}>
      {kind === 'video' ? (
        <video key={src} src={src} poster={picture ?? undefined} controls playsInline preload="metadata" aria-label={title} onError={onError} />
      ) : (
        <>
          {picture && <img className="media-wave" src={picture} alt="" />}
          <audio key={src} src={src} controls preload="metadata" aria-label={title} onError={onError} />
        </>
      )}
    </div>
  )
}

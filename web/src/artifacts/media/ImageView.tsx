import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import Maximize from 'lucide-react/icons/maximize'
import ZoomIn from 'lucide-react/icons/zoom-in'
import ZoomOut from 'lucide-react/icons/zoom-out'
import { useT } from '@/i18n'
import { Button, EmptyState, IconButton } from '@/ui'
import { fitScale, stepZoom } from './zoom'
import './media.css'

const MARGIN_PX = 32

export default function ImageView({ src, title }: { src: string; title: string }): ReactNode {
  const t = useT('artifacts')
  const frame = useRef<HTMLDivElement>(null)
  const [picture, setPicture] = useState<{ width: number; height: number } | null>(null)
  const [broken, setBroken] = useState(false)
  const [zoom, setZoom] = useState<number | null>(null)
  const fit = useFit(frame.current, picture)
  const scale = zoom ?? fit
  useWheelZoom(frame, (direction) => setZoom((now) => stepZoom(now ?? fit, direction)))
  if (broken)
    return (
      <EmptyState title={t('imageBroken')}>
        <p>{t('imageBrokenDetail')}</p>
      </EmptyState>
    )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === '+' || event.key === '=') setZoom(stepZoom(scale, 1))
    else if (event.key === '-') setZoom(stepZoom(scale, -1))
    else if (event.key === '0') setZoom(null)
    else if (event.key === '1') setZoom(1)
  }
  return (
    <div className="sheet">
      <div className="sheet-bar">
        <IconButton size="s" label={t('zoomOut')} icon={<ZoomOut size={15} />} onClick={() => setZoom(stepZoom(scale, -1))} />
        <Button size="s" variant="ghost" className="picture-scale" onClick={() => setZoom(1)} data-tip={t('zoomLife')}>
          {Math.round(scale * 100)} %
        </Button>
        <IconButton size="s" label={t('zoomIn')} icon={<ZoomIn size={15} />} onClick={() => setZoom(stepZoom(scale, 1))} />
        <IconButton
          size="s"
          label={t('zoomFit')}
          icon={<Maximize size={15} />}
          pressed={zoom === null}
          onClick={() => setZoom(null)}
        />
        <span className="grow" />
        {picture && (
          <span className="tiny faint">
            {picture.width} × {picture.height}
          </span>
        )}
      </div>
      <div ref={frame} className="picture" role="region" aria-label={title} tabIndex={0} onKeyDown={onKeyDown}>
        <img
          src={src}
          alt={title}
          draggable={false}
          onError={() => setBroken(true)}
          className={scale >= 3 ? 'picture-pixels' : ''}
          onLoad={(event) => setPicture({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })}
          style={picture ? { width: picture.width * scale, height: picture.height * scale } : { visibility: 'hidden' }}
        />
      </div>
    </div>
  )
}

function useFit(frame: HTMLElement | null, picture: { width: number; height: number } | null): number {
  const [size, setSize] = useState({ width: 400, height: 400 })
  useEffect(() => {
    if (!frame) return
    const observer = new ResizeObserver(() =>
      setSize({ width: frame.clientWidth - MARGIN_PX, height: frame.clientHeight - MARGIN_PX }),
    )
    observer.observe(frame)
    return () => observer.disconnect()
  }, [frame])
  return picture ? fitScale(picture, size) : 1
}

/** Ctrl and the wheel (a pinch on a touchpad) zoom the picture, not the page: React's own wheel listeners are passive. */
function useWheelZoom(frame: RefObject<HTMLElement | null>, zoom: (direction: 1 | -1) => void): void {
  const latest = useRef(zoom)
  latest.current = zoom
  useEffect(() => {
    const element = frame.current
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      latest.current(event.deltaY < 0 ? 1 : -1)
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [frame])
}

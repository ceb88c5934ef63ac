import { lazy, Suspense, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useT } from '@/i18n'
import { useUi } from '@/lib/ui-store'
import { Spinner } from '@/ui'
import type { DockState } from './useDock'

const Dock = lazy(() => import('@/artifacts/Dock'))

const narrowest_px = 320
const step_px = 24
const clamp = (width: number) => Math.round(Math.max(narrowest_px, Math.min(width, innerWidth * 0.65)))
const setWidth = (width: number) => useUi.setState({ dockWidth_px: clamp(width) })

/** The right-hand pane: as wide as the person drags it; on a phone the whole screen. */
export function DockPane({ chatId, openId, setOpenId, close }: DockState & { chatId: string }) {
  const t = useT('chat')
  const width = useUi((state) => state.dockWidth_px)
  const dragging = useRef(false)
  const onMove = (event: PointerEvent) => { if (dragging.current) setWidth(innerWidth - event.clientX) }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') setWidth(width + step_px)
    if (event.key === 'ArrowRight') setWidth(width - step_px)
  }
  return (
    <aside className="dock-pane" style={{ '--dock': `${width}px` }} aria-label={t('results')}>
      <div
        className="dock-edge" role="separator" aria-orientation="vertical" aria-label={t('resizeResults')} tabIndex={0}
        aria-valuenow={width} aria-valuemin={narrowest_px} aria-valuemax={clamp(Infinity)} onKeyDown={onKey} onPointerMove={onMove}
        onPointerDown={(event) => { dragging.current = true; event.currentTarget.setPointerCapture(event.pointerId) }}
        onPointerUp={() => { dragging.current = false }}
      />
      <Suspense fallback={<div className="centre"><Spinner label={t('results')} /></div>}>
        <Dock chatId={chatId} openId={openId} onOpen={setOpenId} onClose={close} />
      </Suspense>
    </aside>
  )
}

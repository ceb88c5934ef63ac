import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { useDesk } from '../open/context'

const step_px = 24
const limits = { x: { least: 200, most: 0.5 }, y: { least: 120, most: 0.75 } }

/** The line between two panes, to be dragged or moved with the arrow keys. */
export function Edge({ axis }: { axis: 'x' | 'y' }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const line = useRef<HTMLDivElement>(null)
  const isHeld = useRef(false)
  const name = axis === 'x' ? 'side_px' : 'shell_px'
  const size = desk.use((state) => state[name])
  const { least, most } = limits[axis]
  const box = () => line.current?.parentElement?.getBoundingClientRect()
  const set = (wanted: number) => {
    const room = axis === 'x' ? box()?.width : box()?.height
    desk.use.setState({ [name]: Math.round(Math.max(least, Math.min(wanted, (room ?? 800) * most))) })
  }
  const onMove = (event: PointerEvent) => {
    const at = box()
    if (isHeld.current && at) set(axis === 'x' ? event.clientX - at.left : at.bottom - event.clientY)
  }
  const onKey = (event: KeyboardEvent) => {
    const by = axis === 'x' ? { ArrowLeft: -step_px, ArrowRight: step_px }[event.key] : { ArrowUp: step_px, ArrowDown: -step_px }[event.key]
    if (by === undefined) return
    event.preventDefault()
    set(size + by)
  }
  return (
    <div
      ref={line} className={`ws-edge ws-edge-${axis}`} role="separator" tabIndex={0} aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'} aria-label={t(axis === 'x' ? 'resizeSide' : 'resizeShell')}
      aria-valuenow={size} aria-valuemin={least} aria-valuemax={2000} onKeyDown={onKey} onPointerMove={onMove}
      onPointerDown={(event) => { isHeld.current = true; event.currentTarget.setPointerCapture(event.pointerId) }} onPointerUp={() => { isHeld.current = false }}
    />
  )
}

import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void

/** A canvas that is sharp on every screen and follows the size of its box; `redraw` paints it now. */
export function useCanvas(draw: Draw): { canvas: RefObject<HTMLCanvasElement | null>; redraw: () => void } {
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(draw)
  const size = useRef({ width: 0, height: 0, ratio: 1 })
  const redraw = useRef(() => {
    const context = canvas.current?.getContext('2d')
    const { width, height, ratio } = size.current
    if (!context || width === 0 || height === 0) return
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    latest.current(context, width, height)
  })
  useLayoutEffect(() => {
    latest.current = draw
    redraw.current()
  })
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const fit = () => {
      const { clientWidth: width, clientHeight: height } = element
      const ratio = devicePixelRatio
      if (width === size.current.width && height === size.current.height && ratio === size.current.ratio) return
      size.current = { width, height, ratio }
      element.width = Math.round(width * ratio)
      element.height = Math.round(height * ratio)
      redraw.current()
    }
    fit()
    const watcher = new ResizeObserver(fit)
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [])
  return { canvas, redraw: redraw.current }
}

const calm = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-reduced-motion: reduce)')
export const prefersStill = (): boolean => calm?.matches ?? false

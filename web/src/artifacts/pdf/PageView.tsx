import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import type { PDFPageProxy, RenderTask } from 'pdfjs-dist'
import { useT } from '@/i18n'
import type { Pdf } from './open'

const NEAR = '800px 0px'
/** More than this is more than a browser's canvas may have on a phone. */
const MAX_CANVAS_PIXELS = 16_000_000

interface Props {
  pdf: Pdf
  number: number
  width: number
  frame: RefObject<HTMLDivElement | null>
  onReached: (page: number) => void
}

/** One sheet: drawn while it is near, its words beside it for those who do not look. */
export function PageView({ pdf, number, width, frame, onReached }: Props): ReactNode {
  const t = useT('artifacts')
  const sheet = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [near, setNear] = useState(false)
  const [ratio, setRatio] = useState(pdf.ratio)
  const [words, setWords] = useState('')
  useSeen(sheet, frame, setNear, () => onReached(number))
  useEffect(() => {
    if (!near) return
    let task: RenderTask | null = null
    let isGone = false
    void pdf.page(number).then(async (page) => {
      if (isGone || !canvas.current) return
      task = draw(page, canvas.current, width, setRatio)
      await task.promise
      setWords(await wordsOf(page))
    }).catch(() => undefined)
    return () => {
      isGone = true
      task?.cancel()
    }
  }, [pdf, number, width, near])
  return (
    <div ref={sheet} className="pdf-page" style={{ width, height: width * ratio }}>
      {near && <canvas ref={canvas} aria-label={t('pdfPage', { page: number, pages: pdf.pages })} role="img" />}
      <p className="sr-only">{words}</p>
    </div>
  )
}

function draw(page: PDFPageProxy, canvas: HTMLCanvasElement, width: number, setRatio: (ratio: number) => void): RenderTask {
  const whole = page.getViewport({ scale: 1 })
  setRatio(whole.height / whole.width)
  const wanted = (width / whole.width) * (window.devicePixelRatio || 1)
  const most = Math.sqrt(MAX_CANVAS_PIXELS / (whole.width * whole.height))
  const viewport = page.getViewport({ scale: Math.min(wanted, most) })
  canvas.width = Math.round(viewport.width)
  canvas.height = Math.round(viewport.height)
  return page.render({ canvas, viewport })
}

async function wordsOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str : '')).join(' ')
}

function useSeen(
  sheet: RefObject<HTMLDivElement | null>,
  frame: RefObject<HTMLDivElement | null>,
  setNear: (near: boolean) => void,
  onReached: () => void,
): void {
  const reached = useRef(onReached)
  reached.current = onReached
  useEffect(() => {
    const element = sheet.current
    if (!element) return
    const near = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), { root: frame.current, rootMargin: NEAR })
    const middle = new IntersectionObserver(([entry]) => entry?.isIntersecting && reached.current(), { root: frame.current, rootMargin: '-50% 0px' })
    near.observe(element)
    middle.observe(element)
    return () => {
      near.disconnect()
      middle.disconnect()
    }
  }, [sheet, frame, setNear])
}

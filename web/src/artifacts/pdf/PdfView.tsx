import { type ReactNode, useEffect, useRef, useState } from 'react'
import ZoomIn from 'lucide-react/icons/zoom-in'
import ZoomOut from 'lucide-react/icons/zoom-out'
import { useT } from '@/i18n'
import { Button, EmptyState, IconButton, Spinner } from '@/ui'
import { openPdf, type Pdf } from './open'
import { PageView } from './PageView'
import './pdf.css'

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3]
const GAP_PX = 48

/** A PDF, page by page: those near the reader are drawn, the others are blank sheets of their size. */
export default function PdfView({ blob, title }: { blob: Blob; title: string }): ReactNode {
  const t = useT('artifacts')
  const frame = useRef<HTMLDivElement>(null)
  const { pdf, failed } = usePdf(blob)
  const width = useWidth(frame)
  const [zoom, setZoom] = useState(1)
  const [page, setPage] = useState(1)
  const step = (by: 1 | -1): void => setZoom(ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, ZOOMS.indexOf(zoom) + by))] ?? 1)
  if (failed)
    return (
      <EmptyState title={t('pdfBroken')}>
        <p>{t('pdfBrokenDetail')}</p>
      </EmptyState>
    )
  return (
    <div className="sheet">
      <div className="sheet-bar">
        <IconButton size="s" label={t('zoomOut')} icon={<ZoomOut size={15} />} onClick={() => step(-1)} />
        <Button size="s" variant="ghost" className="picture-scale" onClick={() => setZoom(1)} data-tip={t('zoomFit')}>
          {Math.round(zoom * 100)} %
        </Button>
        <IconButton size="s" label={t('zoomIn')} icon={<ZoomIn size={15} />} onClick={() => step(1)} />
        <span className="grow" />
        {pdf && <span className="tiny muted">{t('pdfPage', { page, pages: pdf.pages })}</span>}
      </div>
      <div ref={frame} className="pdf" role="region" aria-label={title} tabIndex={0}>
        {pdf && width > 0 ? (
          Array.from({ length: pdf.pages }, (_, index) => (
            <PageView
              key={index}
              pdf={pdf}
              number={index + 1}
              width={Math.max(120, width - GAP_PX) * zoom}
              frame={frame}
              onReached={setPage}
            />
          ))
        ) : (
          <div className="dock-wait">
            <Spinner label={t('loading')} />
          </div>
        )}
      </div>
    </div>
  )
}

function usePdf(blob: Blob): { pdf: Pdf | null; failed: boolean } {
  const [state, setState] = useState<{ pdf: Pdf | null; failed: boolean }>({ pdf: null, failed: false })
  useEffect(() => {
    let opened: Pdf | null = null
    let isGone = false
    setState({ pdf: null, failed: false })
    openPdf(blob).then(
      (pdf) => {
        if (isGone) return void pdf.close()
        opened = pdf
        setState({ pdf, failed: false })
      },
      () => !isGone && setState({ pdf: null, failed: true }),
    )
    return () => {
      isGone = true
      void opened?.close()
    }
  }, [blob])
  return state
}

function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return width
}

import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import type Graph from 'graphology'
import Sigma from 'sigma'
import Maximize from 'lucide-react/icons/maximize'
import Minus from 'lucide-react/icons/minus'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { resolvedTheme, useUi } from '@/lib/ui-store'
import { useMedia } from '@/lib/useMedia'
import { IconButton, Spinner } from '@/ui'
import { arrange } from './arrange'
import { paletteOf } from './colours'
import { draw, emptyGraph } from './drawn'
import { plateOf } from './plate'
import { labelling, reducers, type View } from './look'
import type { Known } from './model'

/** What the page may ask of the drawing. */
export interface DrawingHandle { lookAt: (id: string) => void }
interface Props { known: Known; view: Omit<View, 'hovered'>; onChoose: (id: string | null) => void; onFailed: (error: unknown) => void; ref?: Ref<DrawingHandle> }

const step_share = 0.12
const zoom_step = 1.5

/** The graph as nodes and edges on a canvas, arranged by forces in a worker. */
export default function Drawing({ known, view, onChoose, onFailed, ref }: Props): ReactNode {
  const t = useT('graph')
  const box = useRef<HTMLDivElement>(null)
  const isStill = useMedia('(prefers-reduced-motion: reduce)')
  const theme = useTheme()
  const [hovered, setHovered] = useState<string | null>(null)
  const [isArranging, setArranging] = useState(false)
  const [stage, setStage] = useState<{ sigma: Sigma; graph: Graph } | null>(null)
  const duration = isStill ? 0 : 350

  useEffect(() => {
    if (!box.current) return
    const graph = emptyGraph()
    try {
      const sigma = new Sigma(graph, box.current, { labelFont: 'Inter, "Noto Sans", system-ui, sans-serif', labelSize: 12, labelWeight: '500', zIndex: true, minCameraRatio: 0.02, maxCameraRatio: 4, stagePadding: 40, hideEdgesOnMove: true, allowInvalidContainer: true, zoomDuration: duration, inertiaDuration: duration })
      sigma.on('clickNode', ({ node }) => onChoose(node))
      sigma.on('clickStage', () => onChoose(null))
      sigma.on('enterNode', ({ node }) => setHovered(node))
      sigma.on('leaveNode', () => setHovered(null))
      setStage({ sigma, graph })
      return () => sigma.kill()
    } catch (error) { onFailed(error) }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])

  useEffect(() => {
    if (!stage || !draw(stage.graph, known)) return
    setArranging(true)
    return arrange(known, stage.graph, isStill, () => setArranging(false))
  }, [stage, known, isStill])

  const { hidden, chosen, path, pathEdges } = view
  useEffect(() => {
    const palette = paletteOf(theme)
    stage?.sigma.setSettings({ ...labelling(known.nodes.size), ...reducers(known, { hidden, chosen, path, pathEdges, hovered }, palette), labelColor: { color: palette.label }, defaultEdgeColor: palette.edge, defaultDrawNodeHover: plateOf(palette) })
  }, [stage, known, hidden, chosen, path, pathEdges, hovered, theme])

  useImperativeHandle(ref, () => ({
    lookAt: (id) => {
      const at = stage?.sigma.getNodeDisplayData(id)
      if (stage && at) void stage.sigma.getCamera().animate({ x: at.x, y: at.y, ratio: Math.min(stage.sigma.getCamera().ratio, 0.4) }, { duration })
    },
  }), [stage, duration])

  const zoom = (factor: number) => { const camera = stage?.sigma.getCamera(); if (camera) void camera.animate({ ratio: camera.getBoundedRatio(camera.ratio * factor) }, { duration }) }
  const fit = () => void stage?.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration })
  const steer = (event: KeyboardEvent) => {
    const camera = stage?.sigma.getCamera()
    if (!camera || event.ctrlKey || event.metaKey || event.altKey) return
    const step = step_share * camera.ratio
    const ways: Record<string, () => void> = {
      ArrowLeft: () => camera.setState({ x: camera.x - step }), ArrowRight: () => camera.setState({ x: camera.x + step }), ArrowUp: () => camera.setState({ y: camera.y + step }), ArrowDown: () => camera.setState({ y: camera.y - step }),
      '+': () => zoom(1 / zoom_step), '=': () => zoom(1 / zoom_step), '-': () => zoom(zoom_step), 0: fit, Escape: () => onChoose(null),
    }
    const way = ways[event.key]
    if (way) { event.preventDefault(); way() }
  }
  return (
    <div className="drawing">
      <div ref={box} className="drawing-stage" role="application" tabIndex={0} aria-label={t('drawing', { n: known.nodes.size })} aria-describedby="drawing-keys" data-nodes={known.nodes.size} data-arranged={!isArranging || undefined} onKeyDown={steer} />
      <p id="drawing-keys" className="sr-only">{t('drawingKeys')}</p>
      {isArranging && <span className="drawing-busy tiny muted" role="status"><Spinner />{t('arranging')}</span>}
      <div className="drawing-zoom">
        <IconButton size="s" label={t('zoomIn')} icon={<Plus size={15} />} onClick={() => zoom(1 / zoom_step)} />
        <IconButton size="s" label={t('zoomOut')} icon={<Minus size={15} />} onClick={() => zoom(zoom_step)} />
        <IconButton size="s" label={t('fit')} icon={<Maximize size={14} />} onClick={fit} />
      </div>
    </div>
  )
}

/** The theme that is shown now, also when it follows the system or a test sets it on the page. */
function useTheme(): 'dark' | 'light' {
  const chosen = useUi((state) => state.theme)
  const isLight = useMedia('(prefers-color-scheme: light)')
  const [shown, setShown] = useState(() => resolvedTheme())
  useEffect(() => {
    const read = () => setShown(document.documentElement.dataset.theme === 'light' ? 'light' : 'dark')
    read()
    const watch = new MutationObserver(read)
    watch.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => watch.disconnect()
  }, [chosen, isLight])
  return shown
}

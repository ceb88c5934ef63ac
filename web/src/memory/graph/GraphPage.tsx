import { lazy, Suspense, useRef, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Waypoints from 'lucide-react/icons/waypoints'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Link, useNavigate, useSearch } from '@/lib/router'
import { EmptyState, ErrorState, Select, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import { graphStatsQuery } from '../api/queries'
import { Detail } from './Detail'
import type { DrawingHandle } from './Drawing'
import { FindNode } from './FindNode'
import { Legend } from './Legend'
import { NodeList } from './NodeList'
import { PathLine } from './PathLine'
import { useExplorer } from './useExplorer'
import './graph.css'

const Drawing = lazy(() => import('./Drawing'))
const limits = [200, 1000, 5000] as const
type Way = 'drawing' | 'list'

/** How what is remembered hangs together: drawn, or in a list; walked from node to node. */
export default function GraphPage(): ReactNode {
  const t = useT('graph')
  const { view, nodes } = useSearch()
  const navigate = useNavigate()
  const limit = limits.find((each) => String(each) === nodes) ?? limits[0]
  const explorer = useExplorer(limit)
  const stats = useQuery(graphStatsQuery).data
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [isFlat, setFlat] = useState(false)
  const drawing = useRef<DrawingHandle>(null)
  const { known, query, chosen, choose, onPath, isCut } = explorer
  const way: Way = isFlat || view === 'list' ? 'list' : 'drawing'
  const show = (change: { view?: Way; nodes?: string }) => void navigate({ to: '/memory/graph', search: { view: way === 'list' ? 'list' : undefined, nodes, ...change }, replace: true })
  const go = (id: string) => void choose(id).then(() => requestAnimationFrame(() => drawing.current?.lookAt(id)))
  const node = chosen === null ? undefined : known.nodes.get(chosen)
  if (query.isError && known.nodes.size === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (query.isPending) return <div className="admin-wait"><Spinner label={t('loading')} /></div>
  if (known.nodes.size === 0 && query.data?.nodes.length === 0) return <EmptyState icon={<Waypoints size={20} />} title={t('empty')} actions={<Link to="/memory/documents" className="btn btn-primary">{t('addDocuments')}</Link>}><p>{t('emptyText')}</p></EmptyState>
  return (
    <div className="explorer">
      <div className="explorer-bar">
        <FindNode onChoose={go} />
        <Segments size="s" label={t('view')} value={way} onChange={(next) => { setFlat(false); show({ view: next }) }} options={[{ value: 'drawing', label: t('asDrawing') }, { value: 'list', label: t('asList') }]} />
        <Select aria-label={t('howMany')} value={String(limit)} onChange={(next) => show({ nodes: next })} options={limits.map((each) => ({ value: String(each), label: t('upTo', { n: count(each) }) }))} />
        <span className="grow" />
        <span className="tiny muted nowrap" role="status">{stats ? t('ofAll', { n: count(known.nodes.size), all: count(stats.nodes), edges: count(known.edges.size) }) : null}{isCut && stats && stats.nodes > known.nodes.size ? ` · ${t('bestOnly')}` : ''}</span>
      </div>
      <Legend known={known} hidden={hidden} onChange={setHidden} />
      <PathLine explorer={explorer} onGo={go} />
      {isFlat && <p className="notice notice-warn small">{t('noDrawing')}</p>}
      <div className="explorer-main" data-detail={node !== undefined || undefined}>
        {way === 'list' ? <NodeList known={known} hidden={hidden} chosen={chosen} path={onPath.path} onChoose={(id) => void choose(id)} />
          : <Suspense fallback={<div className="admin-wait"><Spinner label={t('loading')} /></div>}><Drawing ref={drawing} known={known} view={{ hidden, chosen, ...onPath }} onChoose={(id) => void choose(id)} onFailed={() => setFlat(true)} /></Suspense>}
        {node && <Detail node={node} explorer={explorer} onGo={go} />}
      </div>
    </div>
  )
}

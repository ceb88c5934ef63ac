import { lazy, Suspense, useEffect, useRef, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Link, Navigate, useParams } from '@/lib/router'
import { NotFound } from '@/shell/NotFound'
import { Button, Spinner } from '@/ui'
import { FilterBar } from './filters/FilterBar'
import { carried, useFilters } from './filters/useFilters'
import { observe, useStream } from './store/useObserve'
import { useCalmTopic } from './parts/useEvery'
import { tabs, type ObserveTab } from './tabs'
import './observe.css'

const pages = new Map<string, LazyExoticComponent<ComponentType>>()
const pageOf = (tab: ObserveTab) => {
  const known = pages.get(tab.path) ?? lazy(tab.load)
  pages.set(tab.path, known)
  return known
}

/** Watching agents, the team's and outside ones: tabs over one store, narrowed by one filter bar. */
export default function Observe(): ReactNode {
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const { filters, change } = useFilters()
  useStream(filters)
  const [name, ...inside] = path.split('/')
  const tab = tabs.find((item) => item.path === name)
  if (path === '') return <Navigate to="/observe/live" replace />
  if (!tab) return <NotFound />
  const Page = pageOf(tab)
  return (
    <div className="observe">
      <Head tab={tab} />
      {tab.facets.length > 0 && inside.length === 0 && <FilterBar filters={filters} onChange={change} facets={tab.facets} />}
      <div className="observe-body">
        <Suspense fallback={<div className="observe-wait"><Spinner label={shell('loading')} /></div>}>
          {tab.isPage ? <section className="observe-page"><Page /></section> : <Page />}
        </Suspense>
      </div>
    </div>
  )
}

function Head({ tab }: { tab: ObserveTab }): ReactNode {
  const t = useT('observe')
  const { filters } = useFilters()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => { void nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) }, [tab])
  return (
    <header className="observe-head">
      <h1 className="sr-only">{t('observe')}</h1>
      <nav ref={nav} className="observe-tabs" aria-label={t('observe')}>
        {tabs.map(({ path, labelKey }) => (
          <Link key={path} to={`/observe/${path}`} search={carried(filters)} className="tab" aria-current={path === tab.path ? 'page' : undefined}>{t(labelKey)}</Link>
        ))}
      </nav>
      <Stream canPause={tab.path === 'live' || tab.path === 'events'} />
    </header>
  )
}

const calm_ms = 500

/** Whether the stream flows, and the button that holds it. */
function Stream({ canPause }: { canPause: boolean }): ReactNode {
  const t = useT('observe')
  useCalmTopic('status', calm_ms)
  const { paused, held, connection } = observe
  const isOpen = connection === 'open'
  return (
    <div className="observe-stream">
      {!paused && <span className={`tiny stream-state ${isOpen ? 'on' : ''}`} role="status"><span className="ob-live" aria-hidden="true" /><span className="stream-words">{isOpen ? t('streaming') : t('connecting')}</span></span>}
      {paused && <span className="tiny tone-warn nowrap" role="status">{t('heldBack', { n: held, shown: count(held) })}</span>}
      {(canPause || paused) && (
        <Button size="s" aria-pressed={paused} icon={paused ? <Play size={13} /> : <Pause size={13} />} onClick={() => observe.pause(!paused)}><span className="stream-words">{paused ? t('resume') : t('pause')}</span></Button>
      )}
    </div>
  )
}

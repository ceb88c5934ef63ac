import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Eraser from 'lucide-react/icons/eraser'
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import { useT } from '@/i18n'
import { useMedia } from '@/lib/useMedia'
import { Button, Dialog, ErrorState, Spinner, Tabs } from '@/ui'
import { offeredQuery, type Offered } from '../api/queries'
import { Composer } from './Composer'
import { LaneView } from './LaneView'
import { SetupForm } from './SetupForm'
import { lanes, useSetup } from './store'
import { usePlay } from './usePlay'
import './playground.css'

/** A place to try models: one question to one or two of them, with everything that the gateway tells about the answers. */
export default function Playground(): ReactNode {
  const t = useT('gateway')
  const offered = useQuery(offeredQuery)
  if (offered.data) return <Bench offered={offered.data} />
  if (offered.isError) return <div className="gateway-scroll"><ErrorState error={offered.error} onRetry={() => void offered.refetch()} /></div>
  return <div className="admin-wait"><Spinner label={t('loading')} /></div>
}

function Bench({ offered }: { offered: Offered[] }): ReactNode {
  const t = useT('gateway')
  const isNarrow = useMedia('(max-width: 760px)')
  const play = usePlay(offered)
  const [open, setOpen] = useState(false)
  return (
    <div className="bench">
      {!isNarrow && <aside className="bench-side" aria-label={t('setup')}><SetupForm /></aside>}
      <div className="bench-main">
        <div className="bench-bar">
          {isNarrow && <Button size="s" icon={<SlidersHorizontal size={13} />} onClick={() => setOpen(true)}>{t('setup')}</Button>}
          <span className="grow" />
          <Button size="s" variant="ghost" disabled={play.isEmpty} icon={<Eraser size={13} />} onClick={() => lanes.forEach((lane) => lane.clear())}>{t('clear')}</Button>
        </div>
        <Lanes offered={offered} models={play.models} isNarrow={isNarrow} onAgain={play.again} />
        <Composer play={play} />
      </div>
      {open && <Dialog open title={t('setup')} onClose={() => setOpen(false)}><SetupForm /></Dialog>}
    </div>
  )
}

interface LanesProps { offered: Offered[]; models: readonly [string, string]; isNarrow: boolean; onAgain: (lane: 0 | 1) => void }

/** One lane, or two side by side; where there is no room beside, under tabs. */
function Lanes({ offered, models, isNarrow, onAgain }: LanesProps): ReactNode {
  const t = useT('gateway')
  const compare = useSetup((setup) => setup.compare)
  const [shown, setShown] = useState<0 | 1>(0)
  const view = (at: 0 | 1) => <LaneView key={at} at={at} offered={offered} model={models[at]} onAgain={() => onAgain(at)} />
  if (!compare) return <div className="bench-lanes">{view(0)}</div>
  if (!isNarrow) return <div className="bench-lanes two">{view(0)}{view(1)}</div>
  return (
    <>
      <Tabs
        className="bench-tabs" label={t('compare')} panelId="bench-lane" value={String(shown)} onChange={(id) => setShown(id === '1' ? 1 : 0)}
        items={models.map((model, at) => ({ id: String(at), label: <span className="mono cut bench-tab">{model}</span> }))}
      />
      <div id="bench-lane" role="tabpanel" aria-label={models[shown]} className="bench-lanes">{view(shown)}</div>
    </>
  )
}

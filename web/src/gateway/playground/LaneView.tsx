import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react'
import FlaskConical from 'lucide-react/icons/flask-conical'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import type { Offered } from '../api/queries'
import { ModelSelect } from '../parts/ModelSelect'
import { isBusy, type Status } from './lane'
import { RoundView } from './RoundView'
import { lanes, useSetup } from './store'

interface Props { at: 0 | 1; offered: readonly Offered[]; model: string; onAgain: () => void }

const near_px = 80

/** One model and its talk, which stays at the end unless somebody scrolled up. */
export function LaneView({ at, offered, model, onAgain }: Props): ReactNode {
  const t = useT('gateway')
  const rounds = useSyncExternalStore(lanes[at].subscribe, lanes[at].snapshot)
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const box = scroller.current
    if (box && isAtEnd.current) box.scrollTop = box.scrollHeight
  }, [rounds])
  const onScroll = () => {
    const box = scroller.current
    if (box) isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < near_px
  }
  const choose = (id: string) => useSetup.setState(({ models }) => ({ models: at === 0 ? [id, models[1]] : [models[0], id] }))
  const label = at === 0 ? t('model') : t('secondModel')
  return (
    <section className="lane" aria-label={`${label}: ${model}`}>
      <div className="lane-top"><ModelSelect offered={offered} value={model} label={label} onChange={choose} /></div>
      <div ref={scroller} className="lane-talk" role="log" aria-live="off" tabIndex={0} aria-label={model} onScroll={onScroll} aria-busy={isBusy(rounds.at(-1))}>
        {rounds.length === 0 && <EmptyState icon={<FlaskConical size={20} />} title={t('playEmpty')}><p>{t('playEmptyDetail')}</p></EmptyState>}
        {rounds.map((round, index) => <RoundView key={round.id} round={round} {...(index === rounds.length - 1 && !isBusy(round) && { onAgain })} />)}
      </div>
      <Said status={rounds.at(-1)?.status} model={model} />
    </section>
  )
}

/** Tells those who listen that an answer came, not each of its words. */
function Said({ status, model }: { status: Status | undefined; model: string }): ReactNode {
  const t = useT('gateway')
  const words = status === 'waiting' || status === 'streaming' ? t('answering', { model }) : status === 'done' ? t('answered', { model }) : ''
  return <span className="sr-only" role="status">{words}</span>
}

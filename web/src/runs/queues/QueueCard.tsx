import type { ReactNode } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import { keys as shared } from '@/lib/queries'
import { Badge, Button } from '@/ui'
import { queues } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Queue } from '../api/types'
import { useAct } from '../parts/useAct'
import { Waiting } from './Waiting'

const time = (ms: number | null): string => (ms === null ? '—' : duration(ms))

/** One agent's queue in a line, and what is in it when it is open. */
export function QueueCard({ queue, isOpen, onOpen }: { queue: Queue; isOpen: boolean; onOpen: () => void }): ReactNode {
  const t = useT('runs')
  const refresh = useRefresh()
  const { busy, act } = useAct<'pause' | 'resume'>()
  const set = (name: 'pause' | 'resume') => void act(name, async () => { await queues.set(queue.agent, name); await refresh(keys.queues, shared.agents) })
  const facts: [string, string][] = [
    [t('qRunning'), `${queue.running} / ${queue.max_running}`], [t('qWaiting'), `${queue.waiting} / ${queue.max_waiting}`],
    [t('qOldest'), time(queue.oldest_ms)], [t('qP50'), time(queue.wait_p50_ms)], [t('qP95'), time(queue.wait_p95_ms)], [t('qEnded'), queue.failed_1h === 0 ? String(queue.ended_1h) : t('endedFailed', { ended: queue.ended_1h, failed: queue.failed_1h })],
  ]
  return (
    <div className="queue" role="listitem" data-open={isOpen || undefined}>
      <div className="queue-head">
        <button type="button" className="queue-name" aria-expanded={isOpen} onClick={onOpen}><ChevronRight size={14} className="tool-fold" aria-hidden /><AgentName name={queue.agent} /></button>
        {queue.paused && <Badge tone="warn">{t('qPaused')}</Badge>}
        {queue.dead > 0 && <Badge tone="bad">{t('deadCount', { n: queue.dead })}</Badge>}
        <Load queue={queue} />
        <span className="grow" />
        {queue.paused
          ? <Button size="s" variant="primary" icon={<Play size={13} />} loading={busy === 'resume'} onClick={() => set('resume')}>{t('resume')}</Button>
          : <Button size="s" icon={<Pause size={13} />} loading={busy === 'pause'} aria-label={t('pauseQueue', { agent: queue.agent })} onClick={() => set('pause')}>{t('pause')}</Button>}
      </div>
      <dl className="facts queue-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {isOpen && <Waiting queue={queue} />}
    </div>
  )
}

/** The places of the agent: taken and free. */
function Load({ queue }: { queue: Queue }): ReactNode {
  const t = useT('runs')
  return (
    <span className="queue-load" role="img" aria-label={t('loadOf', { n: queue.running, most: queue.max_running })}>
      {Array.from({ length: queue.max_running }, (_, index) => <i key={index} data-on={index < queue.running || undefined} />)}
    </span>
  )
}

import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { queuesQuery } from '../api/queries'
import { QueueCard } from './QueueCard'

/** The queue of every agent: what runs, what waits and for how long, and what died. */
export default function QueuesPage(): ReactNode {
  const t = useT('runs')
  const [open, setOpen] = useState<string | null>(null)
  return (
    <div className="runs-page">
      <h1 className="sr-only">{t('queues')}</h1>
      <p className="small muted">{t('queuesLead')}</p>
      <Loaded query={useQuery(queuesQuery)}>
        {(items) => <div className="queues" role="list" aria-label={t('queues')}>{items.map((queue) => <QueueCard key={queue.agent} queue={queue} isOpen={queue.agent === open} onOpen={() => setOpen(queue.agent === open ? null : queue.agent)} />)}</div>}
      </Loaded>
    </div>
  )
}

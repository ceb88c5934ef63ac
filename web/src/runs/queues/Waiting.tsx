import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, Button } from '@/ui'
import { runs } from '../api/calls'
import { keys, queueQuery, useRefresh } from '../api/queries'
import type { Queue, Run } from '../api/types'
import { useRuns } from '../list/useRuns'
import { useTitle } from '../list/useTitle'
import { canRetry } from '../parts/facts'
import { Status } from '../parts/Status'
import { useAct } from '../parts/useAct'

/** What an agent's queue holds, in the order in which it will be begun, and what its workers died over. */
export function Waiting({ queue }: { queue: Queue }): ReactNode {
  const t = useT('runs')
  return (
    <div className="queue-body">
      <Loaded query={useQuery(queueQuery(queue.agent))}>
        {({ items }) => (items.length === 0 ? <p className="small muted">{t('queueEmpty')}</p> : <ol className="queue-items" aria-label={t('inOrder')}>{items.map((run) => <Item key={run.id} run={run} />)}</ol>)}
      </Loaded>
      {queue.dead > 0 && <Dead agent={queue.agent} />}
    </div>
  )
}

function Item({ run, children }: { run: Run; children?: ReactNode }): ReactNode {
  const t = useT('runs')
  const title = useTitle()(run)
  return (
    <li className="queue-item">
      <Status status={run.status} dead={run.dead} />
      <Link to={`/runs/${run.id}`} className="cut grow">{title}</Link>
      {run.priority !== 0 && <Badge>{t('priorityOf', { n: run.priority })}</Badge>}
      <span className="tiny muted nowrap">{ago(run.created_at)}</span>
      {children}
    </li>
  )
}

function Dead({ agent }: { agent: string }): ReactNode {
  const t = useT('runs')
  const refresh = useRefresh()
  const { busy, act } = useAct<string>()
  const { items } = useRuns({ agent, dead: true })
  const retry = (run: Run) => void act(run.id, async () => { await runs.retry(run); await refresh(keys.lists, keys.queues) })
  return (
    <section>
      <h3 className="small">{t('deadLetters')}</h3>
      <p className="tiny muted">{t('deadHint')}</p>
      <ol className="queue-items" aria-label={t('deadLetters')}>
        {items.map((run) => <Item key={run.id} run={run}>{canRetry(run) && <Button size="s" icon={<RotateCcw size={13} />} loading={busy === run.id} onClick={() => retry(run)}>{t('retry')}</Button>}</Item>)}
      </ol>
    </section>
  )
}

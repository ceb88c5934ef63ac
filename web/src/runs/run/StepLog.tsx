import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import type { WireEvent } from '@/observe/api/types'
import { logQuery } from '../api/queries'
import type { Run, Step } from '../api/types'
import { lineOf, prettyOf } from '../parts/pretty'

/** Deltas repeat what the step itself says. */
const quiet = ['text_delta', 'reasoning_delta']

/** What the log heard of the run while this step went. */
export default function StepLog({ run, step }: { run: Run; step: Step }): ReactNode {
  const t = useT('runs')
  const from = Date.parse(step.started_at ?? run.created_at)
  const query = useQuery(logQuery(run.id, from, step.ended_at === null ? null : Date.parse(step.ended_at) + 1))
  return (
    <Loaded query={query}>
      {(events) => {
        const shown = events.filter(({ type }) => !quiet.includes(type))
        return shown.length === 0 ? <p className="small muted">{t('noLog')}</p> : <ol className="step-log" aria-label={t('log')}>{shown.map((event) => <Line key={event.id} event={event} />)}</ol>
      }}
    </Loaded>
  )
}

function Line({ event }: { event: WireEvent }): ReactNode {
  const at = new Date(event.ts)
  return (
    <li>
      <details>
        <summary><time className="faint tabular" dateTime={at.toISOString()}>{at.toISOString().slice(11, 23)}</time> <span className="mono">{event.type}</span> <span className="muted cut">{lineOf(event.data)}</span></summary>
        <pre tabIndex={0} role="group" aria-label={event.type}>{prettyOf(event.data)}</pre>
      </details>
    </li>
  )
}

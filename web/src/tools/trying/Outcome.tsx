import { lazy, Suspense, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { duration } from '@/lib/format'
import { Badge, Spinner } from '@/ui'
import type { Result, Tool } from '../api/tools'
import { callTones } from '../parts/tones'
import { ResultView } from './ResultView'
import type { TryState } from './useTry'

const WaitingCall = lazy(() => import('./WaitingCall'))

interface Props { state: TryState; tool: Tool; onAgain: (args: Record<string, unknown>) => void; onDrop: () => void }

/** What came of the call: its result, a refusal, or the question that must be answered first. */
export function Outcome({ state, tool, onAgain, onDrop }: Props): ReactNode {
  const t = useT('tools')
  return (
    <section className="outcome-pane" aria-label={t('result')} aria-busy={state.kind === 'busy'}>
      {state.kind === 'none' && <p className="small muted">{tool.grant === 'ask' ? t('tryHintAsk') : t('tryHint')}</p>}
      {state.kind === 'busy' && <p className="small muted row"><Spinner label={t('runningCall')} />{t('runningCall')}</p>}
      {state.kind === 'refused' && <Refused error={state.error} />}
      {state.kind === 'waiting' && <Suspense fallback={<Spinner label={t('runningCall')} />}><WaitingCall id={state.approval_id} onApproved={() => onAgain(state.args)} onDrop={onDrop} /></Suspense>}
      {state.kind === 'done' && <Done result={state.result} />}
    </section>
  )
}

function Refused({ error }: { error: Error }): ReactNode {
  const known = error instanceof ApiError ? error : null
  return (
    <div className="notice notice-bad" role="alert">
      <b>{known?.title ?? error.message}</b>
      {known && <p>{known.detail} {known.hint}</p>}
      {known && known.errors.length > 0 && <ul>{known.errors.map(({ field, message }) => <li key={`${field} ${message}`}><code className="mono">{field}</code> {message}</li>)}</ul>}
    </div>
  )
}

function Done({ result }: { result: Result }): ReactNode {
  const t = useT('tools')
  const tone = callTones[result.status]
  return (
    <div className="stack">
      <div className="row" role="status">
        <h3 className="small">{t('result')}</h3>
        <Badge {...(tone && { tone })}>{t(`status_${result.status}`)}</Badge>
        <span className="tiny muted">{duration(result.duration_ms)}</span>
        {result.cached && <Badge tone="accent">{t('fromCache')}</Badge>}
      </div>
      {result.error !== null && result.error !== '' && <div className="notice notice-bad outcome-error" role="alert">{result.error}</div>}
      <ResultView result={result} />
    </div>
  )
}

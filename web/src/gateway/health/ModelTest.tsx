import { type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { duration } from '@/lib/format'
import { Button } from '@/ui'
import { models } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { ModelTest } from '../api/types'
import { cost } from '../parts/cost'

export type TestState = { kind: 'none' } | { kind: 'busy' } | { kind: 'done'; result: ModelTest } | { kind: 'refused'; problem: string }

/** One tiny real call to a model, and what came of it. */
export function useModelTest(): { state: TestState; test: (model: string) => Promise<void> } {
  const refresh = useRefresh()
  const [state, setState] = useState<TestState>({ kind: 'none' })
  const test = async (model: string): Promise<void> => {
    setState({ kind: 'busy' })
    try {
      setState({ kind: 'done', result: await models.test(model) })
    } catch (error) {
      setState({ kind: 'refused', problem: error instanceof ApiError ? [error.detail || error.title, error.hint].filter(Boolean).join(' ') : String(error) })
    }
    await refresh(keys.health)
  }
  return { state, test }
}

export function TestButton({ state, onTest }: { state: TestState; onTest: () => void }): ReactNode {
  const t = useT('gateway')
  return <Button size="s" loading={state.kind === 'busy'} onClick={onTest}>{t('test')}</Button>
}

export function TestOutcome({ state }: { state: TestState }): ReactNode {
  const t = useT('gateway')
  if (state.kind === 'none' || state.kind === 'busy') return null
  if (state.kind === 'refused') return <Failed problem={state.problem} />
  if (!state.result.ok) return <Failed problem={state.result.error ?? ''} />
  const { provider, model, latency_ms, first_token_ms, cost_usd, text } = state.result
  const facts = [
    latency_ms !== null && duration(latency_ms), first_token_ms !== null && t('firstTokenIn', { time: duration(first_token_ms) }), cost_usd !== null && cost(cost_usd),
  ].filter((fact) => fact !== false)
  return (
    <div className="outcome" role="status">
      <span className="tone-ok">{t('testAnswered')}</span> <span className="mono">{[provider, model].filter(Boolean).join('/')}</span> <span className="muted">· {facts.join(' · ')}</span>
      {text && <q className="outcome-text">{text}</q>}
    </div>
  )
}

function Failed({ problem }: { problem: string }): ReactNode {
  const t = useT('gateway')
  return <div className="outcome outcome-bad" role="status"><b className="tone-bad">{t('testFailed')}</b> {problem}</div>
}

import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { count, dateTime, duration } from '@/lib/format'
import { Badge, Dialog } from '@/ui'
import type { Call } from '../api/types'
import { cost } from '../parts/cost'
import { call_tones } from './outcome'
import { useKeyName } from './useKeyName'

/** Everything known of one call. */
export function CallDialog({ call, onClose }: { call: Call; onClose: () => void }): ReactNode {
  const t = useT('gateway')
  const keyName = useKeyName()
  const tone = call_tones[call.status]
  const time = (ms: number | null) => (ms === null ? null : duration(ms))
  const facts: [string, ReactNode][] = [
    [t('state'), <Badge key="state" {...(tone && { tone })}>{t(`call_${call.status}`)}</Badge>],
    [t('error'), call.error],
    [t('group_door'), call.door], [t('alias'), call.alias], [t('group_provider'), call.provider], [t('model'), call.model],
    [t('attempts'), call.attempts !== null && call.attempts > 1 ? count(call.attempts) : null],
    [t('group_agent'), call.agent], [t('key'), keyName(call.key_id)], [t('workspace'), call.workspace], [t('group_session'), call.session_id],
    [t('tokensIn'), count(call.input_tokens)], [t('tokensCached'), call.cached_tokens > 0 ? count(call.cached_tokens) : null],
    [t('tokensOut'), count(call.output_tokens)], [t('tokensReasoning'), call.reasoning_tokens > 0 ? count(call.reasoning_tokens) : null],
    [t('cost'), <>{cost(call.cost_usd)}{call.estimated && <span className="muted"> · {t('estimated')}</span>}</>],
    [t('saved'), Number(call.saved_usd) > 0 ? cost(call.saved_usd) : null],
    [t('cache'), call.cache === null ? null : t(`cache_${call.cache}`)],
    [t('firstToken'), time(call.first_token_ms)], [t('latency'), time(call.latency_ms)], [t('callId'), <code key="id" className="mono">{call.id}</code>],
  ]
  return (
    <Dialog open title={t('call')} description={dateTime(call.at)} onClose={onClose}>
      <dl className="call-facts">
        {facts.filter(([, value]) => value !== null && value !== '').map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </Dialog>
  )
}

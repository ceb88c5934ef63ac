import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { dateTime, duration } from '@/lib/format'
import { Link } from '@/lib/router'
import { Dialog } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import type { ToolCall } from '../api/tools'
import { toMs } from '../parts/time'
import { sourceName, Status } from './Calls'

/** Everything the log knows of one call. */
export function CallDialog({ call, onClose }: { call: ToolCall; onClose: () => void }): ReactNode {
  const t = useT('tools')
  const facts: [string, ReactNode][] = [
    [t('time'), dateTime(toMs(call.at))], [t('state'), <Status key="state" call={call} />], [t('from'), call.agent || sourceName(call.source, t)],
    [t('took'), call.duration_ms === null ? '—' : duration(call.duration_ms)],
    [t('tool'), <Link key="tool" className="mono" to="/tools/catalogue" search={{ tool: call.tool }}>{call.tool}</Link>],
  ]
  const session = call.session_id ?? ''
  return (
    <Dialog open size="l" title={call.tool} onClose={onClose}>
      <div className="stack">
        <dl className="pairs">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        {call.error !== null && <div className="notice notice-bad outcome-error">{call.error}</div>}
        <h3 className="small">{t('arguments')}</h3>
        <Snippet block label={t('arguments')} text={call.args_preview || '{}'} />
        {session !== '' && !session.startsWith('tools:') && <div><Link className="btn" to={`/observe/sessions/${encodeURIComponent(call.source)}/${encodeURIComponent(session)}`}>{t('toSession')}</Link></div>}
      </div>
    </Dialog>
  )
}

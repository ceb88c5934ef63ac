import type { ReactNode } from 'react'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { count, duration, money } from '@/lib/format'
import { Button, IconButton } from '@/ui'
import { toUsd, type Span } from '../api/types'
import { clock } from '../chart/ticks'
import { Agent } from '../parts/Agent'
import { Status } from '../parts/Status'
import type { Row } from '../store/row'

const kinds = { session: 'kSession', turn: 'kTurn', subagent: 'kSubagent', tool: 'kTool', model: 'kModel', approval: 'kApproval' } as const

interface Props { span: Span; now: number; rows: readonly Row[]; onOpen: (row: Row) => void; onClose: () => void }

/** What is known of one span, and the events it began and ended with. */
export function SpanDetail({ span, now, rows, onOpen, onClose }: Props): ReactNode {
  const t = useT('observe')
  const begin = rows.find((row) => row.seq === span.start_seq)
  const end = rows.find((row) => row.seq === span.end_seq)
  const tokens = (span.input_tokens ?? 0) + (span.output_tokens ?? 0)
  return (
    <aside className="drawer span-detail" aria-label={t('span')} onKeyDown={(press) => { if (press.key === 'Escape') onClose() }}>
      <header className="drawer-head"><h2 className="cut">{span.name}</h2><Status status={span.status} /><IconButton size="s" label={t('close')} icon={<X size={15} />} onClick={onClose} /></header>
      {span.summary !== null && span.summary !== '' && <p className="drawer-summary">{span.summary}</p>}
      <dl className="facts">
        <dt>{t('kind')}</dt><dd>{t(kinds[span.kind])}</dd>
        <dt>{t('agent')}</dt><dd><Agent name={span.agent} /></dd>
        <dt>{t('began')}</dt><dd>{clock(span.started_ms)}</dd>
        <dt>{t('took')}</dt><dd>{duration((span.ended_ms ?? now) - span.started_ms)}</dd>
        {tokens > 0 && <><dt>{t('tokens')}</dt><dd>{count(span.input_tokens ?? 0)} → {count(span.output_tokens ?? 0)}</dd></>}
        {span.cost_usd !== null && toUsd(span.cost_usd) > 0 && <><dt>{t('cost')}</dt><dd>{money(String(span.cost_usd))}</dd></>}
        {span.tool_use_id !== null && <><dt>id</dt><dd className="mono cut">{span.tool_use_id}</dd></>}
      </dl>
      <div className="row drawer-actions">
        {begin && <Button size="s" onClick={() => onOpen(begin)}>{t('beginEvent')}</Button>}
        {end && <Button size="s" onClick={() => onOpen(end)}>{t('endEvent')}</Button>}
      </div>
    </aside>
  )
}

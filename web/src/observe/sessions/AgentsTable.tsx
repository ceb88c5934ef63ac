import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { count, duration, money } from '@/lib/format'
import { Table } from '@/ui'
import { toMs, toUsd, type Aggregation, type ToolCount } from '../api/types'
import { Agent } from '../parts/Agent'
import { Status } from '../parts/Status'

/** Each agent of a session with its sums, and the tools they used together. */
export function AgentsTable({ items, now }: { items: readonly Aggregation[]; now: number }): ReactNode {
  const t = useT('observe')
  const tools = Object.entries(sumTools(items)).sort(([, a], [, b]) => b.duration_ms - a.duration_ms)
  return (
    <div className="observe-page">
      <Table
        label={t('agents')} rows={items} rowKey={(item) => item.lane_id}
        columns={[
          { id: 'agent', label: t('agent'), cell: (item) => <span style={{ paddingLeft: item.kind === 'subagent' ? 16 : 0 }}><Agent name={item.agent} /></span> },
          { id: 'status', label: t('status'), cell: (item) => <Status status={item.status} /> },
          { id: 'took', label: t('lasted'), align: 'end', cell: (item) => <span className="nowrap">{duration(item.duration_ms ?? Math.max(0, now - toMs(item.started_at)))}</span> },
          { id: 'tools', label: t('tools'), align: 'end', cell: (item) => count(item.tool_calls) },
          { id: 'errors', label: t('errors'), align: 'end', cell: (item) => <span className={item.errors > 0 ? 'tone-bad' : 'faint'}>{count(item.errors)}</span> },
          { id: 'denied', label: t('denied'), align: 'end', cell: (item) => <span className={item.denied > 0 ? 'tone-warn' : 'faint'}>{count(item.denied)}</span> },
          { id: 'in', label: t('tokensIn'), align: 'end', cell: (item) => count(item.input_tokens) },
          { id: 'out', label: t('tokensOut'), align: 'end', cell: (item) => count(item.output_tokens) },
          { id: 'cost', label: t('cost'), align: 'end', cell: (item) => money(String(toUsd(item.cost_usd))) },
        ]}
      />
      {tools.length > 0 && <h2 className="page-title">{t('toolsUsed')}</h2>}
      {tools.length > 0 && (
        <Table
          label={t('toolsUsed')} rows={tools} rowKey={([name]) => name}
          columns={[
            { id: 'tool', label: t('tool'), cell: ([name]) => <span className="mono">{name}</span> },
            { id: 'calls', label: t('calls'), align: 'end', cell: ([, tool]) => count(tool.count) },
            { id: 'errors', label: t('errors'), align: 'end', cell: ([, tool]) => <span className={tool.errors > 0 ? 'tone-bad' : 'faint'}>{count(tool.errors)}</span> },
            { id: 'mean', label: t('mean'), align: 'end', cell: ([, tool]) => duration(tool.count === 0 ? 0 : tool.duration_ms / tool.count) },
            { id: 'all', label: t('together'), align: 'end', cell: ([, tool]) => duration(tool.duration_ms) },
          ]}
        />
      )}
    </div>
  )
}

export function sumTools(items: readonly Aggregation[]): Record<string, ToolCount> {
  const sums: Record<string, ToolCount> = {}
  for (const { tools } of items) {
    for (const [name, { count: calls, errors, duration_ms }] of Object.entries(tools)) {
      const sum = (sums[name] ??= { count: 0, errors: 0, duration_ms: 0 })
      sum.count += calls
      sum.errors += errors
      sum.duration_ms += duration_ms
    }
  }
  return sums
}

import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import type { Approval } from '@/lib/types'
import { Badge, EmptyState } from '@/ui'
import { AgentName } from '../parts/AgentName'
import { Card } from '../parts/Page'
import { argsText } from './args'

const TONE = {
  approved: 'ok',
  answered: 'ok',
  denied: 'bad',
  expired: undefined,
  cancelled: undefined,
  pending: undefined,
} as const

export function DecidedList({ items }: { items: Approval[] }): ReactNode {
  const t = useT('admin')
  if (items.length === 0)
    return (
      <EmptyState title={t('decidedEmpty')}>
        <p>{t('decidedEmptyDetail')}</p>
      </EmptyState>
    )
  return (
    <Card label={t('decided')}>
      {items.map((item) => (
        <div key={item.id} role="listitem" className="decided">
          <AgentName name={item.agent} />
          <span className="mono cut">
            {item.kind === 'question' ? item.question : `${item.tool}  ${argsText(item.args).split('\n').join('  ')}`}
          </span>
          <Badge {...(TONE[item.status] && { tone: TONE[item.status] })}>{t(`status_${item.status}`)}</Badge>
          <span className="tiny faint">{ago(item.decided_at ?? item.created_at)}</span>
        </div>
      ))}
    </Card>
  )
}

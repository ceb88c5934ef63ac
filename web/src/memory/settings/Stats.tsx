import type { ReactNode } from 'react'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Table } from '@/ui'
import type { MemoryStats } from '../api/types'
import { kinds } from '../search/ask'

/** How memory stands: how much of each kind, what waits, and where the vectors are. */
export function Stats({ stats }: { stats: MemoryStats }): ReactNode {
  const t = useT('memory')
  const total = kinds.reduce((sum, kind) => sum + stats.counts[kind], 0)
  const share = total / stats.caps.max_memories
  return (
    <Section title={t('howItStands')}>
      <Card>
        <dl className="stand">
          {kinds.map((kind) => <div key={kind}><dt><i data-kind={kind} aria-hidden="true" />{t(`kinds_${kind}`)}</dt><dd>{number(stats.counts[kind])}</dd></div>)}
          <div><dt>{t('waitingIndex')}</dt><dd>{number(stats.pending)}</dd></div>
          {stats.failed > 0 && <div><dt>{t('failedIndex')}</dt><dd className="tone-bad">{number(stats.failed)}</dd></div>}
        </dl>
        <div className="stand-full"><p className="tiny muted">{t('full', { n: total, count: number(total), most: number(stats.caps.max_memories) })}</p><meter value={share} min={0} max={1} high={0.9} aria-label={t('fullness')} /></div>
      </Card>
      {stats.collections.length > 0 && (
        <Table
          label={t('collections')} rows={stats.collections} rowKey={({ name }) => name}
          columns={[{ id: 'name', label: t('collection'), cell: ({ name }) => <span className="mono">{name}</span> }, { id: 'points', label: t('vectors'), align: 'end', cell: ({ points }) => number(points) }]}
        />
      )}
    </Section>
  )
}

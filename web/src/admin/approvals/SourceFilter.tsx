import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Approval } from '@/lib/types'
import { counted } from './sources'
import { useSourceName } from './useSourceName'

/** Where the waiting ones come from; shown when there is more than one place. */
export function SourceFilter({ items, value, onChange }: { items: readonly Approval[]; value: string; onChange: (source: string) => void }): ReactNode {
  const t = useT('admin')
  const nameOf = useSourceName()
  const counts = counted(items)
  if (counts.length < 2 && value === '') return null
  return (
    <div className="source-filter" role="group" aria-label={t('bySource')}>
      <button type="button" aria-pressed={value === ''} onClick={() => onChange('')}>{t('allSources')} <span>{items.length}</span></button>
      {counts.map(({ source, n }) => (
        <button key={source} type="button" aria-pressed={value === source} onClick={() => onChange(value === source ? '' : source)}>{nameOf(source)} <span>{n}</span></button>
      ))}
    </div>
  )
}

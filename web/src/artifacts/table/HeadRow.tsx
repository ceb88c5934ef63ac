import type { ReactNode } from 'react'
import ArrowDown from 'lucide-react/icons/arrow-down'
import ArrowUp from 'lucide-react/icons/arrow-up'
import { useT } from '@/i18n'
import type { Column, ColumnType, Sort } from '../data/table'

const TYPE_MARK: Record<ColumnType, string> = { number: '#', date: '◷', boolean: '◐', text: 'a' }
const TYPE_KEY = { number: 'typeNumber', date: 'typeDate', boolean: 'typeBoolean', text: 'typeText' } as const

interface Props {
  id: string
  columns: readonly Column[]
  sort: Sort | null
  active: number | null
  onSort: (column: number) => void
}

export function HeadRow({ id, columns, sort, active, onSort }: Props): ReactNode {
  const t = useT('artifacts')
  return (
    <div role="row" aria-rowindex={1} className="grid-row grid-head">
      <span role="columnheader" className="grid-index">
        <span className="sr-only">{t('tableNumber')}</span>
      </span>
      {columns.map((column, index) => {
        const sorted = sort?.column === index ? sort : null
        return (
          <span
            key={index}
            id={`${id}--1-${index}`}
            role="columnheader"
            aria-colindex={index + 1}
            className={`grid-cell grid-name grid-${column.type}${active === index ? ' grid-active' : ''}`}
            aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
            onClick={() => onSort(index)}
            title={`${column.name}: ${t(TYPE_KEY[column.type])}`}
          >
            <span className="grid-type" aria-hidden>
              {TYPE_MARK[column.type]}
            </span>
            <span className="cut">{column.name}</span>
            {sorted && (sorted.descending ? <ArrowDown size={13} aria-hidden /> : <ArrowUp size={13} aria-hidden />)}
          </span>
        )
      })}
    </div>
  )
}

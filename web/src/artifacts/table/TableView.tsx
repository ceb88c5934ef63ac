import { type ReactNode, useState } from 'react'
import Copy from 'lucide-react/icons/copy'
import Search from 'lucide-react/icons/search'
import { language, useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { EmptyState, IconButton, toast, toastError } from '@/ui'
import { formatCsv } from '../data/csv'
import type { Table } from '../data/table'
import { Grid } from './Grid'
import type { Cell } from './moves'
import { type TableState, useTable } from './useTable'
import './table.css'

export default function TableView({ table, title }: { table: Table; title: string }): ReactNode {
  const t = useT('artifacts')
  const state = useTable(table)
  const [cell, setCell] = useState<Cell>({ row: -1, column: 0 })
  if (table.columns.length === 0)
    return (
      <EmptyState title={t('tableEmpty')}>
        <p>{t('tableEmptyDetail')}</p>
      </EmptyState>
    )
  return (
    <div className="sheet">
      <FilterBar table={table} state={state} />
      {state.order.length > 0 ? (
        <Grid table={table} state={state} label={title} cell={cell} onCell={setCell} />
      ) : (
        <EmptyState title={t('tableNoRows')}>
          <p>{t('tableNoRowsDetail')}</p>
        </EmptyState>
      )}
      <StatusBar table={table} state={state} cell={cell} />
    </div>
  )
}

function FilterBar({ table, state }: { table: Table; state: TableState }): ReactNode {
  const t = useT('artifacts')
  const copyShown = (): void => {
    const rows = [table.columns.map((column) => column.name), ...state.order.map((row) => table.rows[row] ?? [])]
    copyText(formatCsv(rows)).then(() => toast({ tone: 'ok', title: t('tableCopied', { n: state.order.length }) }), toastError)
  }
  const numeric = table.columns.find((column) => column.type === 'number')
  const example = numeric
    ? `${/[\s:<>=!"]/.test(numeric.name) ? `"${numeric.name}"` : numeric.name}>10`
    : `${table.columns[0]?.name ?? ''}:…`
  return (
    <div className="sheet-bar">
      <label className="sheet-filter">
        <Search size={14} aria-hidden />
        <span className="sr-only">{t('tableFilter')}</span>
        <input
          type="search"
          value={state.filter}
          onChange={(event) => state.setFilter(event.target.value)}
          placeholder={t('tableFilterExample', { example })}
          spellCheck={false}
        />
      </label>
      <IconButton label={t('tableCopy')} icon={<Copy size={15} />} size="s" onClick={copyShown} />
    </div>
  )
}

function StatusBar({ table, state, cell }: { table: Table; state: TableState; cell: Cell }): ReactNode {
  const t = useT('artifacts')
  const all = table.rows.length
  const shown = state.order.length
  const text = cell.row >= 0 ? (table.rows[state.order[cell.row] ?? -1]?.[cell.column] ?? '') : ''
  return (
    <div className="sheet-status" role="status">
      <span className="sheet-count">
        {shown === all
          ? t('tableRows', { n: all, shown: all.toLocaleString(language()) })
          : t('tableRowsOf', { n: all, shown: shown.toLocaleString(language()), all: all.toLocaleString(language()) })}
      </span>
      {text && <span className="sheet-cell mono">{text}</span>}
    </div>
  )
}

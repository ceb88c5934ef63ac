import { type ReactNode, useState } from 'react'
import Copy from 'lucide-react/icons/copy'
import Search from 'lucide-react/icons/search'
import { language, useT } from '@/i18n'
import { EmptyState, IconButton, Spinner, toast, toastError } from '@/ui'
import type { Wish } from '../sheet/messages'
import type { Sheet } from '../sheet/Sheet'
import type { Opening } from '../sheet/useSheet'
import { copyMade } from './copyMade'
import { Grid } from './Grid'
import type { Cell } from './moves'
import { type Arranged, useOrder } from './useOrder'
import { nextSort } from './wish'
import './table.css'

type Opened = Extract<Opening, { is: 'table' }>

/** A table, or that it is still being read. Filter and sorting stay when another version comes. */
export default function TableView({ opening, title }: { opening: Opening; title: string }): ReactNode {
  const t = useT('artifacts')
  const [wish, setWish] = useState<Wish>({ filter: '', sort: null })
  if (opening.is !== 'table')
    return (
      <div className="dock-wait">
        <span className="sheet-busy">
          <Spinner label={t('loading')} />
        </span>
      </div>
    )
  if (opening.sheet.columns.length === 0)
    return (
      <EmptyState title={t('tableEmpty')}>
        <p>{t('tableEmptyDetail')}</p>
      </EmptyState>
    )
  return <Opened {...opening} title={title} wish={wish} onWish={setWish} />
}

function Opened({ sheet, desk, title, wish, onWish }: Omit<Opened, 'is'> & { title: string; wish: Wish; onWish: (wish: Wish) => void }): ReactNode {
  const t = useT('artifacts')
  const [cell, setCell] = useState<Cell>({ row: -1, column: 0 })
  const arranged = useOrder(sheet, desk, wish)
  const copy = (): void => {
    copyMade(desk.copy(wish)).then(() => toast({ tone: 'ok', title: t('tableCopied', { n: arranged.order.length }) }), toastError)
  }
  return (
    <div className="sheet">
      <FilterBar sheet={sheet} filter={wish.filter} onFilter={(filter) => onWish({ ...wish, filter })} onCopy={copy} />
      {arranged.order.length > 0 ? (
        <Grid
          sheet={sheet}
          arranged={arranged}
          sort={wish.sort}
          onSort={(column) => onWish({ ...wish, sort: nextSort(wish.sort, column) })}
          label={title}
          cell={cell}
          onCell={setCell}
        />
      ) : (
        <EmptyState title={t('tableNoRows')}>
          <p>{t('tableNoRowsDetail')}</p>
        </EmptyState>
      )}
      <StatusBar sheet={sheet} arranged={arranged} cell={cell} />
    </div>
  )
}

interface FilterBarProps {
  sheet: Sheet
  filter: string
  onFilter: (filter: string) => void
  onCopy: () => void
}

function FilterBar({ sheet, filter, onFilter, onCopy }: FilterBarProps): ReactNode {
  const t = useT('artifacts')
  const numeric = sheet.columns.find((column) => column.type === 'number')
  const example = numeric
    ? `${/[\s:<>=!"]/.test(numeric.name) ? `"${numeric.name}"` : numeric.name}>10`
    : `${sheet.columns[0]?.name ?? ''}:…`
  return (
    <div className="sheet-bar">
      <label className="sheet-filter">
        <Search size={14} aria-hidden />
        <span className="sr-only">{t('tableFilter')}</span>
        <input
          type="search"
          value={filter}
          onChange={(event) => onFilter(event.target.value)}
          placeholder={t('tableFilterExample', { example })}
          spellCheck={false}
        />
      </label>
      <IconButton label={t('tableCopy')} icon={<Copy size={15} />} size="s" onClick={onCopy} />
    </div>
  )
}

function StatusBar({ sheet, arranged, cell }: { sheet: Sheet; arranged: Arranged; cell: Cell }): ReactNode {
  const t = useT('artifacts')
  const all = sheet.count
  const shown = arranged.order.length
  const text = cell.row >= 0 ? (sheet.cells(arranged.order[cell.row])[cell.column] ?? '') : ''
  return (
    <div className="sheet-status" role="status">
      <span className="sheet-count">
        {shown === all
          ? t('tableRows', { n: all, shown: all.toLocaleString(language()) })
          : t('tableRowsOf', { n: all, shown: shown.toLocaleString(language()), all: all.toLocaleString(language()) })}
      </span>
      {arranged.isBusy && (
        <span className="sheet-busy">
          <Spinner /> {t('tableBusy')}
        </span>
      )}
      {text && <span className="sheet-cell mono">{text}</span>}
    </div>
  )
}

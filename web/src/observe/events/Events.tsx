import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Columns3 from 'lucide-react/icons/columns-3'
import { useT } from '@/i18n'
import { language } from '@/i18n'
import { Button, ErrorState, Menu, Spinner } from '@/ui'
import { countEvents } from '../api/calls'
import { setSearch, useFilters } from '../filters/useFilters'
import { narrowed } from '../filters/filters'
import { NothingFits, Teach } from '../parts/Teach'
import type { Row } from '../store/row'
import { observe, useTopic } from '../store/useObserve'
import { columns, readColumns, writeColumns, type ColumnId } from './columns'
import { EventDrawer } from './EventDrawer'
import { EventTable } from './EventTable'
import { SavedViews } from './SavedViews'

/** Every event, to search in and to read. */
export default function Events(): ReactNode {
  const { filters, search } = useFilters()
  const [open, setOpen] = useState<Row | null>(null)
  const chosen = useMemo(() => readColumns(search.columns), [search.columns])
  const key = JSON.stringify(filters)
  useEffect(() => setOpen(null), [key])
  // Whoever leaves the table leaves it at the newest row.
  useEffect(() => () => observe.window.follow(true), [])
  return (
    <div className="events">
      <div className="events-bar">
        <SavedViews />
        <Counted />
        <span className="grow" />
        <Ends />
        <ColumnMenu chosen={chosen} />
      </div>
      <div className={`events-split ${open ? 'with-drawer' : ''}`}>
        <Rows chosen={chosen} search={filters.text} open={open} onOpen={setOpen} />
        {open && <EventDrawer key={open.id} row={open} search={filters.text} onClose={() => setOpen(null)} />}
      </div>
    </div>
  )
}

function Rows(props: { chosen: readonly ColumnId[]; search: string; open: Row | null; onOpen: (row: Row | null) => void }): ReactNode {
  const t = useT('observe')
  const { filters } = useFilters()
  const { window } = useTopic('rows')
  if (window.status === 'failed') return <ErrorState error={window.error} onRetry={() => void window.open()} />
  if (window.status !== 'ready') return <div className="observe-wait"><Spinner label={t('loading')} /></div>
  if (window.rows.length === 0) return narrowed(filters) > 0 || filters.text !== '' ? <NothingFits /> : <Teach />
  return <EventTable {...props} />
}

/** How many there are, and how many of them are here. */
function Counted(): ReactNode {
  const t = useT('observe')
  const { filters } = useFilters()
  const { window } = useTopic('rows')
  const all = useQuery({ queryKey: ['observe', 'count', JSON.stringify(filters)], queryFn: ({ signal }) => countEvents(filters, signal), staleTime: 10_000 }).data
  const loaded = window.rows.length
  const known = window.atOldest && window.atNewest ? loaded : Math.max(all?.count ?? 0, loaded)
  const words = known.toLocaleString(language())
  return (
    <span className="tiny muted nowrap" role="status">
      {loaded < known ? t('eventsOf', { n: known, loaded: loaded.toLocaleString(language()), shown: all?.exact === false && loaded < all.count ? `${words}+` : words }) : t('eventsN', { n: known, shown: words })}
    </span>
  )
}

/** To the first event and back. */
function Ends(): ReactNode {
  const t = useT('observe')
  const { window } = useTopic('rows')
  if (window.atNewest && window.atOldest) return null
  const jump = (at: 'newest' | 'oldest') => void window.open(at).then(() => document.querySelector('.events-scroll')?.scrollTo({ top: at === 'newest' ? 0 : Number.MAX_SAFE_INTEGER }))
  return (
    <>
      <Button size="s" variant="ghost" disabled={window.atOldest} onClick={() => { window.follow(false); jump('oldest') }}>{t('oldest')}</Button>
      <Button size="s" variant="ghost" disabled={window.atNewest && window.following} onClick={() => jump('newest')}>{t('newest')}</Button>
    </>
  )
}

function ColumnMenu({ chosen }: { chosen: readonly ColumnId[] }): ReactNode {
  const t = useT('observe')
  const turn = (id: ColumnId) => {
    const next = chosen.includes(id) ? chosen.filter((column) => column !== id) : [...chosen, id]
    if (next.length > 0) setSearch({ columns: writeColumns(next) })
  }
  return (
    <Menu
      label={t('columns')} align="end"
      trigger={(props) => <Button size="s" className="events-columns" icon={<Columns3 size={13} />} {...props}>{t('columns')}</Button>}
      items={columns.map(({ id, labelKey }) => ({ id, label: t(labelKey), checked: chosen.includes(id), onSelect: () => turn(id) }))}
    />
  )
}

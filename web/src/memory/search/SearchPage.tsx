import { useEffect, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Search from 'lucide-react/icons/search'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { useNavigate, useSearch } from '@/lib/router'
import { useDebounced } from '@/lib/useDebounced'
import { Button, ErrorState, Spinner } from '@/ui'
import { searchQuery } from '../api/queries'
import type { Found } from '../api/types'
import { addressOf, askOf, isNarrowed, wantedOf, type Wanted } from './ask'
import { useWhose } from '../whose'
import { Filters } from './Filters'
import { HitRow } from './HitRow'
import { Teach } from './Teach'
import './search.css'

const pause_ms = 250
const unfiltered: Partial<Wanted> = { kind: '', agent: '', tag: '', since: '' }

/** Finds memories as one types, and says of each why it was found. */
export default function SearchPage(): ReactNode {
  const t = useT('memory')
  const navigate = useNavigate()
  const address = useSearch()
  const [wanted, setWanted] = useState(() => wantedOf(address))
  const settled = useDebounced(wanted, pause_ms)
  const { id: workspace } = useWhose()
  const query = useQuery(searchQuery({ ...askOf(settled), ...(workspace === undefined ? settled.isWide && { workspaces: true } : { workspace }) }))
  const change = (part: Partial<Wanted>) => setWanted((now) => ({ ...now, ...part }))
  useEffect(() => { void navigate({ to: '/memory/search', search: addressOf(settled), replace: true }) }, [settled, navigate])
  return (
    <>
      <div className="memory-query">
        <Search size={17} aria-hidden />
        <input type="search" aria-label={t('searchMemory')} placeholder={t('searchPlaceholder')} value={wanted.query} autoFocus onChange={(event) => change({ query: event.target.value })} />
        {query.isFetching && <Spinner />}
      </div>
      <Filters wanted={wanted} onChange={change} />
      {settled.query.trim() === '' ? <Teach onTry={(words) => change({ query: words })} />
        : query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          : query.data === undefined ? <div className="admin-wait"><Spinner label={t('searching')} /></div>
            : <Hits found={query.data} isOld={query.isPlaceholderData} isNarrowed={isNarrowed(settled)} onWiden={() => change(unfiltered)} />}
    </>
  )
}

interface HitsProps { found: Found; isOld: boolean; isNarrowed: boolean; onWiden: () => void }

function Hits({ found, isOld, isNarrowed, onWiden }: HitsProps): ReactNode {
  const t = useT('memory')
  const { items, embedder, took_ms } = found
  return (
    <section aria-label={t('found')} aria-busy={isOld || undefined}>
      <p className="hits-sum tiny muted" role="status">
        {items.length === 0 ? t('nothingFound') : t('foundIn', { n: items.length, ms: number(took_ms, took_ms < 10 ? 1 : 0), embedder })}
      </p>
      {items.length === 0 && <div className="hits-none small muted"><p>{isNarrowed ? t('nothingNarrow') : t('nothingWords')}</p>{isNarrowed && <Button size="s" onClick={onWiden}>{t('widen')}</Button>}</div>}
      <ol className="hits" data-old={isOld || undefined}>{items.map((hit, index) => <HitRow key={hit.memory.id} hit={hit} place={index + 1} best={items[0]?.score ?? 1} />)}</ol>
    </section>
  )
}

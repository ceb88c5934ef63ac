import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Search from 'lucide-react/icons/search'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { useAgents } from '@/lib/queries'
import { useDebounced } from '@/lib/useDebounced'
import { sourcesQuery } from '../api/queries'
import { Agent } from '../parts/Agent'
import { useCalmTopic } from '../parts/useEvery'
import { shortType } from '../store/row'
import { observe } from '../store/useObserve'
import { Facet } from './Facet'
import { everything, narrowed, type Filters } from './filters'
import { TimeFacet } from './TimeFacet'
import { hookTypes, teamTypes } from './types'

export type FacetName = 'sources' | 'types' | 'agents' | 'session' | 'text' | 'time'

interface Props { filters: Filters; onChange: (part: Partial<Filters>) => void; facets: readonly FacetName[] }

const fresh_ms = 2000

/** What every tab is narrowed by. A tab shows what it can be narrowed by; the rest waits in the address. */
export function FilterBar({ filters, onChange, facets }: Props): ReactNode {
  const t = useT('observe')
  const options = useOptions()
  const has = (name: FacetName) => facets.includes(name)
  const isOn = narrowed(filters) > 0 || filters.text !== ''
  return (
    <div className="filters" role="search" aria-label={t('filters')}>
      {has('text') && <TextFilter value={filters.text} onChange={(text) => onChange({ text })} />}
      {has('sources') && <Facet label={t('source')} chosen={filters.sources} options={options.sources} onChange={(sources) => onChange({ sources })} />}
      {has('types') && <Facet label={t('type')} chosen={filters.types} options={options.types} onChange={(types) => onChange({ types })} show={(type) => (type === 'hook.*' ? t('allHooks') : shortType(type))} />}
      {has('agents') && <Facet label={t('agent')} chosen={filters.agents} options={options.agents} onChange={(agents) => onChange({ agents })} show={(name) => <Agent name={name} />} />}
      {has('time') && <TimeFacet filters={filters} onChange={onChange} />}
      {has('session') && filters.session !== null && (
        <button type="button" className="facet on" onClick={() => onChange({ session: null })} data-tip={t('clear')}>
          <span className="muted">{t('session')}</span><b className="cut mono">{filters.session}</b><X size={13} aria-hidden />
        </button>
      )}
      {isOn && <button type="button" className="facet facet-reset" onClick={() => onChange(everything)}>{t('clearAll')}</button>}
    </div>
  )
}

/** What there is to choose from: what the server knows, and what was seen here. */
function useOptions() {
  const apps = useQuery(sourcesQuery).data?.items.map(({ app }) => app) ?? []
  const team = useAgents().data?.map(({ name }) => name) ?? []
  useCalmTopic('lanes', fresh_ms)
  const { seen } = observe
  const sorted = (...lists: Iterable<string>[]) => [...new Set(lists.flatMap((items) => [...items]))].sort()
  return {
    sources: sorted(apps, ['team'], seen.sources),
    types: ['hook.*', ...new Set([...sorted(seen.types), ...hookTypes, ...teamTypes])],
    agents: sorted(seen.agents, team),
  }
}

const pause_ms = 250

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }): ReactNode {
  const t = useT('observe')
  const [text, setText] = useState(value)
  const settled = useDebounced(text, pause_ms)
  const said = useRef(value)
  useEffect(() => {
    if (settled === said.current) return
    said.current = settled
    onChange(settled)
  }, [settled, onChange])
  useEffect(() => {
    if (value !== said.current) { said.current = value; setText(value) }
  }, [value])
  return (
    <label className="search filters-text">
      <Search size={14} aria-hidden />
      <span className="sr-only">{t('searchText')}</span>
      <input id="observe-search" type="search" value={text} onChange={(event) => setText(event.target.value)} placeholder={t('searchText')} spellCheck={false} />
    </label>
  )
}

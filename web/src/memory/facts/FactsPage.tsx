import { useState, type ReactNode } from 'react'
import Lightbulb from 'lucide-react/icons/lightbulb'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { useAgents } from '@/lib/queries'
import { useNavigate, useSearch } from '@/lib/router'
import { useDebounced } from '@/lib/useDebounced'
import { Button, EmptyState, ErrorState, Input, Select, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import { keys, useMemories, useRefresh } from '../api/queries'
import type { MemoryKind } from '../api/types'
import { useWhose } from '../whose'
import { Carry } from './Carry'
import { FactEditor } from './FactEditor'
import { FactRow } from './FactRow'
import { ForgetDialog } from './ForgetDialog'
import './facts.css'

const pause_ms = 250
const kinds = ['fact', 'interaction'] as const
type Shown = (typeof kinds)[number]
const shownOf = (kind: string | undefined): Shown => (kind === 'interaction' ? 'interaction' : 'fact')

/** What the team holds for true and what was said: read, mended, forgotten. */
export default function FactsPage(): ReactNode {
  const t = useT('memory')
  const kind = shownOf(useSearch().kind)
  const navigate = useNavigate()
  const refresh = useRefresh()
  const whose = useWhose()
  const agents = useAgents().data ?? []
  const [typed, setTyped] = useState('')
  const [agent, setAgent] = useState('')
  const [isNew, setNew] = useState(false)
  const [isForgetting, setForgetting] = useState(false)
  const q = useDebounced(typed.trim(), pause_ms)
  const query = useMemories({ kind: kind as MemoryKind, agent, q, ...(whose.id !== undefined && { workspace: whose.id }) })
  const write = whose.mayWrite && <Button variant="primary" icon={<Plus size={15} />} onClick={() => setNew(true)}>{t('writeFact')}</Button>
  const done = (isSaved: boolean) => { setNew(false); if (isSaved) void refresh(keys.lists, keys.stats, keys.search) }
  return (
    <>
      <div className="fact-bar">
        <Segments label={t('kind')} value={kind} onChange={(next) => void navigate({ to: '/memory/facts', search: { kind: next === 'fact' ? undefined : next }, replace: true })} options={kinds.map((value) => ({ value, label: t(`kinds_${value}`) }))} />
        <Input type="search" aria-label={t('narrow')} placeholder={t('narrow')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Select aria-label={t('agent')} value={agent} onChange={setAgent} options={[{ value: '', label: t('anyAgent') }, ...agents.map(({ name }) => ({ value: name, label: name }))]} />
        <span className="grow" />
        {kind === 'fact' && !isNew && write}
        <Carry onForget={() => setForgetting(true)} />
      </div>
      {isNew && <div className="fact fact-new"><FactEditor onDone={(saved) => done(saved !== null)} /></div>}
      {query.isError && query.items.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        : query.isPending ? <div className="admin-wait"><Spinner label={t(`kinds_${kind}`)} /></div>
          : query.items.length > 0 ? <ul className="facts-list" aria-label={t(`kinds_${kind}`)} data-old={query.isPlaceholderData || undefined}>{query.items.map((memory) => <FactRow key={memory.id} memory={memory} />)}</ul>
            : q !== '' || agent !== '' ? <p className="memory-none small muted" role="status">{t('nothingNarrow')}</p>
              : !isNew && <EmptyState icon={<Lightbulb size={20} />} title={t(`none_${kind}`)} actions={kind === 'fact' && write}><p>{t(whose.id === undefined ? `none_${kind}Text` : 'noneShared')}</p></EmptyState>}
      {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      {isForgetting && <ForgetDialog onClose={() => setForgetting(false)} />}
    </>
  )
}

import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import CaseSensitive from 'lucide-react/icons/case-sensitive'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Regex from 'lucide-react/icons/regex'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { useDebounced } from '@/lib/useDebounced'
import { IconButton, Input, Spinner } from '@/ui'
import { searchQuery } from '../api/queries'
import type { Match, SearchAsk } from '../api/types'
import { useDesk } from '../open/context'
import { folderOf, nameOf } from '../open/text'
import { FileIcon } from '../tree/FileIcon'
import { byFile, snippet, type FileMatches } from './results'
import './search.css'

const pause_ms = 250
const most = 500

/** Finds text in the files; a click goes to the line. */
export default function SearchPanel(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const [ask, setAsk] = useState<SearchAsk>({ q: '', glob: '' })
  const settled = useDebounced(ask, pause_ms)
  const query = useQuery(searchQuery(desk.id, { ...settled, ...(settled.glob === '' && { glob: undefined }), limit: most } as SearchAsk))
  const set = (part: Partial<SearchAsk>) => setAsk({ ...ask, ...part })
  return (
    <div className="ws-search">
      <form role="search" onSubmit={(event) => event.preventDefault()}>
        <div className="ws-search-box">
          <Input type="search" autoFocus aria-label={t('searchIn')} placeholder={t('searchIn')} value={ask.q} onChange={(event) => set({ q: event.target.value })} />
          <IconButton size="s" label={t('matchCase')} pressed={ask.case ?? false} icon={<CaseSensitive size={15} />} onClick={() => set({ case: !ask.case })} />
          <IconButton size="s" label={t('useRegex')} pressed={ask.regex ?? false} icon={<Regex size={15} />} onClick={() => set({ regex: !ask.regex })} />
        </div>
        <Input aria-label={t('onlyFiles')} placeholder={t('onlyFilesHint')} value={ask.glob ?? ''} onChange={(event) => set({ glob: event.target.value })} />
      </form>
      {settled.q === '' ? <p className="ws-none small muted">{t('searchTeach')}</p>
        : query.isError ? <p className="ws-note small tone-bad" role="alert">{query.error instanceof ApiError ? query.error.detail || query.error.title : String(query.error)}</p>
          : query.data ? <Results key={settled.q} matches={query.data.matches} truncated={query.data.truncated} searched={query.data.files_searched} length={settled.regex ? null : settled.q.length} />
            : <div className="admin-wait"><Spinner label={t('searching')} /></div>}
    </div>
  )
}

function Results({ matches, truncated, searched, length }: { matches: Match[]; truncated: boolean; searched: number; length: number | null }): ReactNode {
  const t = useT('workspaces')
  const files = byFile(matches)
  return (
    <>
      <p className="ws-note tiny muted" role="status">{matches.length === 0 ? t('notFound', { n: searched }) : t('foundIn', { n: matches.length, files: files.length })}{truncated && ` ${t('moreFound')}`}</p>
      <ul className="ws-results" aria-label={t('results')}>{files.map((file) => <FileResults key={file.path} file={file} length={length} />)}</ul>
    </>
  )
}

function FileResults({ file: { path, matches }, length }: { file: FileMatches; length: number | null }): ReactNode {
  const { desk } = useDesk()
  const [isOpen, setOpen] = useState(true)
  return (
    <li>
      <button type="button" className="ws-result-file" aria-expanded={isOpen} title={path} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={13} aria-hidden data-open={isOpen || undefined} /><FileIcon name={path} size={14} /><span>{nameOf(path)}</span><span className="cut grow tiny muted">{folderOf(path)}</span><span className="tiny muted">{matches.length}</span>
      </button>
      {isOpen && (
        <ul>
          {matches.map((match, index) => {
            const { before, hit, after } = snippet(match, length)
            return <li key={`${match.line}:${index}`}><button type="button" className="ws-result" onClick={() => desk.open({ kind: 'file', path }, match.line, match.column)}><span className="ws-result-line">{match.line}</span><span className="cut">{before}<mark>{hit}</mark>{after}</span></button></li>
          })}
        </ul>
      )}
    </li>
  )
}

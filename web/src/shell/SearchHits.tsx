import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@/lib/router'
import { useT } from '@/i18n'
import { useDebounced } from '@/lib/useDebounced'
import { api } from '@/lib/api'
import type { SearchHit } from '@/lib/types'
import { Spinner } from '@/ui'

const pause_ms = 180
const shortest = 2

export function useSearch(text: string) {
  const query = useDebounced(text.trim(), pause_ms)
  return useQuery({
    queryKey: ['search', query], enabled: query.length >= shortest, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<{ items: SearchHit[] }>('/my/chat/search', { q: query }, { signal }),
    select: (answer) => answer.items,
  })
}

/** Messages that hold the words, with the words marked. */
export function SearchHits({ query, isEmptyBefore }: { query: string; isEmptyBefore: boolean }) {
  const t = useT('shell')
  const found = useSearch(query)
  if (found.isLoading) return <div className="list-note"><Spinner label={t('loading')} /></div>
  const hits = found.data ?? []
  if (hits.length === 0) return isEmptyBefore ? <p className="list-note">{t('noHits', { q: query })}</p> : null
  return (
    <section aria-label={t('inMessages')}>
      <h2 className="list-head">{t('inMessages')}</h2>
      <ul>
        {hits.map((hit) => (
          <li key={hit.message_id}>
            <Link to="/chat/$chatId" params={{ chatId: hit.chat_id }} className="hit">
              <span className="cut">{hit.chat_title || t('untitled')}</span>
              <span className="hit-text"><Snippet text={hit.snippet} /></span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The server puts U+E000 and U+E001 around what it found. */
export function Snippet({ text }: { text: string }) {
  return text.split('\uE000').map((piece, index) => {
    const [marked = '', rest] = index === 0 ? ['', piece] : piece.split('\uE001')
    return <span key={index}>{marked !== '' && <mark>{marked}</mark>}{rest}</span>
  })
}

import { useState, type ReactNode } from 'react'
import { useInfiniteQuery } from '@tanstack/react-query'
import ChevronRight from 'lucide-react/icons/chevron-right'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Badge, Button } from '@/ui'
import { git } from '../api/calls'
import { keys } from '../api/queries'
import { useDesk } from '../open/context'

/** The commits, newest first, asked for when they are looked at. */
export function Log(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const [isOpen, setOpen] = useState(true)
  const query = useInfiniteQuery({
    queryKey: [...keys.git(desk.id), 'log'], queryFn: ({ pageParam, signal }) => git.log(desk.id, pageParam, signal), initialPageParam: 0, enabled: isOpen,
    getNextPageParam: (last, pages) => (last.has_more ? pages.reduce((sum, page) => sum + page.commits.length, 0) : undefined),
  })
  const commits = query.data?.pages.flatMap((page) => page.commits) ?? []
  return (
    <section aria-label={t('log')}>
      <div className="ws-group-head"><h2 className="grow"><button type="button" className="ws-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><ChevronRight size={13} aria-hidden data-open={isOpen || undefined} />{t('log')}</button></h2></div>
      {isOpen && commits.length === 0 && !query.isPending && <p className="ws-note small muted">{t('noCommits')}</p>}
      {isOpen && (
        <ul className="ws-log" aria-label={t('log')}>
          {commits.map((commit) => (
            <li key={commit.id} title={[commit.subject, commit.body].filter(Boolean).join('\n\n')}>
              <span className="cut">{commit.refs.map((ref) => <Badge key={ref} tone="accent">{ref}</Badge>)} {commit.subject}</span>
              <span className="tiny muted cut">{commit.author}, <time dateTime={commit.at} title={dateTime(commit.at)}>{ago(commit.at)}</time></span>
              <span className="tiny mono faint">{commit.short}</span>
            </li>
          ))}
        </ul>
      )}
      {isOpen && query.hasNextPage && <div className="ws-note"><Button size="s" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button></div>}
    </section>
  )
}

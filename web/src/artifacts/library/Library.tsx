import { type ReactNode, useEffect } from 'react'
import { useT } from '@/i18n'
import { Link, useParams } from '@/lib/router'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { Pane } from '../Pane'
import { Cards } from './Cards'
import { Filters } from './Filters'
import { useArtifact, useLibrary, useLibraryLive } from './queries'
import { useWish } from './wish'
import '../dock.css'
import './library.css'

/** All results of this person: searched, filtered, and one of them opened beside the others. */
export default function Library(): ReactNode {
  const t = useT('artifacts')
  const { _splat: id = '' } = useParams()
  useLibraryLive()
  useEffect(() => {
    document.title = `${t('library')} · Entourage`
  }, [t])
  return (
    <div className={id ? 'library library-open' : 'library'}>
      <Found openId={id} />
      {id && <Opened id={id} />}
    </div>
  )
}

function Found({ openId }: { openId: string }): ReactNode {
  const t = useT('artifacts')
  const [wish, change] = useWish()
  const found = useLibrary(wish)
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  // The page's heading is what is opened; the list is then a part beside it.
  const Heading = openId ? 'h2' : 'h1'
  const isFiltered = wish.q !== '' || wish.type !== '' || wish.tag !== '' || wish.shared
  return (
    <section className="library-list" aria-label={t('library')}>
      <header className="library-head">
        <Heading>{t('library')}</Heading>
        <Filters wish={wish} change={change} />
      </header>
      <div className="library-scroll">
        {found.isPending && (
          <div className="dock-wait">
            <Spinner label={t('loading')} />
          </div>
        )}
        {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
        {found.data && items.length === 0 && (
          <EmptyState title={isFiltered ? t('nothingFound') : t('emptyTitle')}>
            <p>{isFiltered ? t('nothingFoundDetail') : t('emptyDetail')}</p>
            {!isFiltered && <p>{t('emptyExample')}</p>}
          </EmptyState>
        )}
        <Cards items={items} openId={openId} onTag={(tag) => change({ tag })} />
        {found.hasNextPage && <More busy={found.isFetchingNextPage} onMore={() => void found.fetchNextPage()} />}
      </div>
    </section>
  )
}

function More({ busy, onMore }: { busy: boolean; onMore: () => void }): ReactNode {
  const t = useT('artifacts')
  return (
    <button type="button" className="btn btn-ghost library-more" disabled={busy} onClick={onMore}>
      {busy ? <Spinner label={t('loading')} /> : t('more')}
    </button>
  )
}

function Opened({ id }: { id: string }): ReactNode {
  const t = useT('artifacts')
  const artifact = useArtifact(id)
  const close = (): void => document.querySelector<HTMLAnchorElement>('.library-back')?.click()
  return (
    <section className="library-pane" aria-label={t('opened')}>
      <header className="library-title">
        <Link to="/results" search={keepSearch()} className="icon-btn library-back" aria-label={t('back')} data-tip={t('back')}>
          <ArrowLeft size={16} />
        </Link>
        <h1 className="cut grow">{artifact.data?.title ?? t('opened')}</h1>
        {artifact.data?.chat_id && (
          <Link to={`/chat/${artifact.data.chat_id}`} className="btn btn-ghost btn-s">
            {t('toChat')}
          </Link>
        )}
      </header>
      {artifact.isPending && (
        <div className="dock-wait">
          <Spinner label={t('loading')} />
        </div>
      )}
      {artifact.isError && <ErrorState error={artifact.error} onRetry={() => void artifact.refetch()} />}
      {artifact.data && <Pane key={artifact.data.id} artifact={artifact.data} chatId={artifact.data.chat_id} onGone={close} />}
    </section>
  )
}

/** The search stays in the address when an artifact is opened and closed. */
export function keepSearch(): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(location.search))
}


import type { ReactNode } from 'react'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { useT } from '@/i18n'
import { bytes, dateTime } from '@/lib/format'
import { Link, navigate } from '@/lib/router'
import { Button, ErrorState, Spinner } from '@/ui'
import { useDocument } from '../api/queries'
import type { DocumentPage as Item, Memory } from '../api/types'
import { FileType } from '../parts/FileType'
import { SourceLink } from '../parts/SourceLink'
import { useWhose } from '../whose'
import { adviceFor } from './advice'
import { Remove } from './DocumentRows'

/** One document: what is known of it, and its text in the pieces that are found. */
export default function DocumentPage({ id }: { id: string }): ReactNode {
  const t = useT('memory')
  const query = useDocument(id)
  if (query.isError && !query.document) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.document) return <div className="admin-wait"><Spinner label={t('chunksHead')} /></div>
  return (
    <>
      <Head item={query.document} />
      <Chunks items={query.chunks} />
      {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </>
  )
}

function Head({ item }: { item: Item }): ReactNode {
  const t = useT('memory')
  const { mayWrite } = useWhose()
  return (
    <header className="doc-head">
      <div className="row">
        <Link to="/memory/documents" className="icon-btn" aria-label={t('toDocuments')} data-tip={t('toDocuments')}><ArrowLeft size={17} /></Link>
        <h2 className="grow cut">{item.name}</h2>
        {mayWrite && <Remove item={item} onGone={() => void navigate({ to: '/memory/documents' })} />}
      </div>
      <dl className="memory-facts">
        {item.type !== null && <div><dt>{t('type')}</dt><dd><FileType type={item.type} /></dd></div>}
        <div><dt>{t('size')}</dt><dd>{bytes(item.bytes)}</dd></div>
        <div><dt>{t('chunksHead')}</dt><dd>{item.chunks_total}</dd></div>
        <div><dt>{t('added')}</dt><dd>{dateTime(item.created_at)}</dd></div>
        <div><dt>{t('source')}</dt><dd><SourceLink source={item.source} /></dd></div>
        {item.author && <div><dt>{t('addedBy')}</dt><dd>{item.author.name}</dd></div>}
        {item.tags.length > 0 && <div><dt>{t('tags')}</dt><dd>{item.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}</dd></div>}
      </dl>
      {item.error && <p className="notice notice-bad">{item.error.detail} {t(adviceFor(item.error))}</p>}
    </header>
  )
}

function Chunks({ items }: { items: readonly Memory[] }): ReactNode {
  const t = useT('memory')
  if (items.length === 0) return <p className="small muted memory-none">{t('noChunks')}</p>
  return (
    <ol className="chunks" aria-label={t('chunksHead')}>
      {items.map(({ id, text, source }, index) => (
        <li key={id} className="chunk">
          <span className="chunk-place faint tiny tabular">{source.chunk ?? index + 1}{source.page != null && <><br />{t('pageShort', { n: source.page })}</>}</span>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  )
}

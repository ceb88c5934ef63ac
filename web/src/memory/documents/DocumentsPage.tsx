import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import { useParams } from '@/lib/router'
import { Button, ErrorState, IconButton, Input, Spinner } from '@/ui'
import { jobsQuery, useDocuments } from '../api/queries'
import { isOver } from '../api/useLive'
import { useWhose } from '../whose'
import { AddDialog } from './AddDialog'
import { DocumentRows } from './DocumentRows'
import { DropBox } from './DropBox'
import { JobCard } from './JobCard'
import { useIngest, type Sending } from './useIngest'
import './documents.css'

const DocumentPage = lazy(() => import('./DocumentPage'))
const most_jobs = 5

/** What was read from files, pages and texts; or one document of them. */
export default function DocumentsPage(): ReactNode {
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const [, id] = path.split('/')
  if (id) return <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}><DocumentPage key={id} id={decodeURIComponent(id)} /></Suspense>
  return <AllDocuments />
}

function AllDocuments(): ReactNode {
  const t = useT('memory')
  const { id: workspace, mayWrite } = useWhose()
  const { sending, send, add } = useIngest(workspace)
  const [tags, setTags] = useState('')
  const [way, setWay] = useState<'url' | 'text' | null>(null)
  const query = useDocuments(workspace)
  return (
    <>
      {mayWrite && <DropBox onFiles={(chosen) => send(chosen, tags.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))}>
        <Button size="s" onClick={() => setWay('url')}>{t('addUrl')}</Button>
        <Button size="s" onClick={() => setWay('text')}>{t('addText')}</Button>
        <Input className="drop-tags" aria-label={t('tagsForFiles')} placeholder={t('tagsForFiles')} value={tags} onChange={(event) => setTags(event.target.value)} />
      </DropBox>}
      {sending.length > 0 && <ul className="sendings" aria-label={t('sending')}>{sending.map((item) => <SendingLine key={item.key} item={item} />)}</ul>}
      <Jobs />
      <section className="memory-section" aria-label={t('documents')}>
        <h2 className="memory-h2">{t('documents')}</h2>
        {query.isError && query.items.length === 0 ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          : query.isPending ? <div className="admin-wait"><Spinner label={t('documents')} /></div>
            : query.items.length > 0 ? <DocumentRows items={query.items} /> : <div className="memory-none small muted"><p><b>{t('noDocuments')}</b></p>{mayWrite && <p>{t('noDocumentsText')}</p>}</div>}
        {query.hasNextPage && <Button className="more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      </section>
      {way !== null && <AddDialog way={way} onAdd={add} onClose={() => setWay(null)} />}
    </>
  )
}

function SendingLine({ item }: { item: Sending }): ReactNode {
  const t = useT('memory')
  const name = t('files', { n: item.files })
  return (
    <li className="sending">
      <span className="small grow">{t('sendingFiles', { n: item.files })} <span className="muted tiny">{bytes(item.bytes)}</span></span>
      <progress className="file-bar" value={item.share} max={1} aria-label={t('progressOf', { name })} />
      <IconButton size="s" label={t('stopSending')} icon={<X size={14} />} onClick={item.stop} />
    </li>
  )
}

/** What is being read, and what was lately; the newest first. */
function Jobs(): ReactNode {
  const t = useT('memory')
  const jobs = useQuery(jobsQuery(useWhose().id)).data?.items ?? []
  const [isWhole, setWhole] = useState(false)
  if (jobs.length === 0) return null
  const shown = isWhole ? jobs : jobs.slice(0, Math.max(most_jobs, jobs.filter((job) => !isOver(job)).length))
  return (
    <section className="memory-section" aria-label={t('jobs')}>
      <h2 className="memory-h2">{t('jobs')}</h2>
      <ul className="jobs">{shown.map((job, index) => <JobCard key={job.id} job={job} isOpenAtFirst={index === 0} />)}</ul>
      {shown.length < jobs.length && <Button size="s" className="more" onClick={() => setWhole(true)}>{t('earlierJobs', { n: jobs.length - shown.length })}</Button>}
    </section>
  )
}

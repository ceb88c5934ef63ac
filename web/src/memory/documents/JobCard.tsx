import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import Check from 'lucide-react/icons/check'
import ChevronRight from 'lucide-react/icons/chevron-right'
import CircleDashed from 'lucide-react/icons/circle-dashed'
import CircleStop from 'lucide-react/icons/circle-stop'
import Equal from 'lucide-react/icons/equal'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { ago, bytes, number } from '@/lib/format'
import { Link } from '@/lib/router'
import type { Page } from '@/lib/types'
import { useAct } from '@/runs/parts/useAct'
import { Badge, Button, Spinner } from '@/ui'
import { documents } from '../api/calls'
import { keyIn, keys } from '../api/queries'
import type { FileStatus, Job, JobFile, JobStatus } from '../api/types'
import { isOver, withJob } from '../api/useLive'
import { useWhose } from '../whose'
import { adviceFor } from './advice'
import { counted } from './count'

const tones: Partial<Record<JobStatus, 'ok' | 'warn' | 'bad' | 'accent'>> = { running: 'accent', done: 'ok', failed: 'bad', cancelled: 'warn' }
const most_shown = 60

/** A job with the progress of each of its files. What went wrong stands first, with what to do about it. */
export function JobCard({ job, isOpenAtFirst }: { job: Job; isOpenAtFirst: boolean }): ReactNode {
  const t = useT('memory')
  const client = useQueryClient()
  const { busy, act } = useAct<'cancel' | 'retry'>()
  const whose = useWhose()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { done, failed, total } = counted(job)
  const change = (way: 'cancel' | 'retry') => void act(way, async () => {
    const next = await documents.act(job.id, way)
    client.setQueryData<Page<Job>>(keyIn(keys.jobs, whose.id), (page) => page && withJob(page, next))
  })
  const files = [...job.files].sort((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'))
  return (
    <li className="job" data-status={job.status}>
      <div className="job-head">
        <button type="button" className="job-name" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ChevronRight size={14} className="fold" aria-hidden />
          <span className="cut">{total === 1 ? job.files[0]?.name : t('files', { n: total })}</span>
        </button>
        <Badge tone={tones[job.status]}>{job.status === 'running' && <span className="pulse" />}{t(`job_${job.status}`)}</Badge>
        {failed > 0 && <span className="tiny tone-bad">{t('filesFailed', { n: failed })}</span>}
        <span className="grow" />
        <span className="tiny muted nowrap">{ago(job.ended_at ?? job.created_at)}</span>
        {whose.mayWrite && !isOver(job) && <Button size="s" loading={busy === 'cancel'} onClick={() => change('cancel')}>{t('stop')}</Button>}
        {whose.mayWrite && isOver(job) && failed + Number(job.status === 'cancelled') > 0 && <Button size="s" loading={busy === 'retry'} onClick={() => change('retry')}>{t('tryAgain')}</Button>}
      </div>
      {!isOver(job) && <progress className="job-bar" value={job.progress} max={1} aria-label={t('progressOf', { name: total === 1 ? job.files[0]?.name ?? '' : t('files', { n: total }) })} />}
      {!isOver(job) && <p className="tiny muted tabular">{t('filesDone', { n: done, total })}</p>}
      {isOpen && (
        <ul className="job-files">
          {files.slice(0, most_shown).map((file) => <FileLine key={file.id} file={file} />)}
          {job.skipped > 0 && <li className="tiny muted job-file">{t('skipped', { n: job.skipped })}</li>}
          {total > most_shown && <li className="tiny muted job-file">{t('moreFiles', { n: total - most_shown })}</li>}
        </ul>
      )}
    </li>
  )
}

const marks: Record<FileStatus, ReactNode> = {
  waiting: <CircleDashed size={14} className="faint" aria-hidden />, reading: <Spinner />, indexing: <Spinner />, done: <Check size={14} className="tone-ok" aria-hidden />,
  failed: <X size={14} className="tone-bad" aria-hidden />, unchanged: <Equal size={14} className="faint" aria-hidden />, cancelled: <CircleStop size={14} className="tone-warn" aria-hidden />,
}

function FileLine({ file }: { file: JobFile }): ReactNode {
  const t = useT('memory')
  const { name, status, error, chunks, indexed } = file
  const isCounted = status === 'indexing' || status === 'done'
  return (
    <li className="job-file" data-status={status}>
      {marks[status]}
      <span className="cut grow">{file.document_id !== null && (status === 'done' || status === 'unchanged') ? <Link to={`/memory/documents/${file.document_id}`}>{name}</Link> : name}</span>
      <span className="tiny muted nowrap tabular">
        {isCounted && chunks > 0 ? t(status === 'done' ? 'chunks' : 'chunksOf', { n: status === 'done' ? chunks : indexed, total: number(chunks) }) : t(`file_${status}`)}
        {file.bytes > 0 && ` · ${bytes(file.bytes)}`}
      </span>
      {status === 'indexing' && chunks > 0 && <progress className="file-bar" value={indexed} max={chunks} aria-label={t('progressOf', { name })} />}
      {error && <p className="job-error"><span className="tone-bad">{error.detail}</span> {t(adviceFor(error))}</p>}
    </li>
  )
}

import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { bytes, number } from '@/lib/format'
import { Button, IconButton, Spinner, toastError } from '@/ui'
import { imports } from '../api/calls'
import { importsQuery, isBusy, keys, useRefresh } from '../api/queries'
import type { ImportJob } from '../api/types'
import { useDesk } from '../open/context'

/** What is being brought in, and the last one if it failed. */
export function ImportNotes(): ReactNode {
  const { desk } = useDesk()
  const [closed, setClosed] = useState<string[]>([])
  const jobs = useQuery(importsQuery(desk.id)).data ?? []
  const shown = jobs.filter((job, index) => isBusy(job) || (index === 0 && job.status === 'failed' && !closed.includes(job.id)))
  return shown.map((job) => <ImportNote key={job.id} job={job} onClose={() => setClosed([...closed, job.id])} />)
}

function ImportNote({ job, onClose }: { job: ImportJob; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const refresh = useRefresh()
  const { received_bytes, total_bytes, files } = job.progress
  const stop = () => imports.cancel(job.workspace_id, job.id).then(() => refresh(keys.imports(job.workspace_id)), toastError)
  if (job.status === 'failed') {
    return (
      <div className="ws-import ws-import-bad" role="alert">
        <div className="row"><b className="small grow">{t('importFailed')}</b><IconButton size="s" label={shell('close')} icon={<X size={13} />} onClick={onClose} /></div>
        <p className="tiny muted">{job.error?.detail}</p>
      </div>
    )
  }
  return (
    <div className="ws-import" role="status">
      <div className="row small"><Spinner /><span className="cut grow">{t('importing', { source: job.source })}</span></div>
      <progress aria-label={t('importing', { source: job.source })} {...(total_bytes === null ? {} : { value: received_bytes, max: Math.max(1, total_bytes) })} />
      <div className="row tiny muted"><span className="grow">{[job.phase, received_bytes > 0 ? bytes(received_bytes) : '', files > 0 ? t('files', { n: files, count: number(files) }) : ''].filter(Boolean).join(' · ')}</span><Button size="s" variant="ghost" onClick={() => void stop()}>{shell('cancel')}</Button></div>
    </div>
  )
}

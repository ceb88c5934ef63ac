import { lazy, Suspense, type ReactNode } from 'react'
import Download from 'lucide-react/icons/download'
import FileX from 'lucide-react/icons/file-x'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import { saveBlob } from '@/lib/download'
import { Button, EmptyState, ErrorState, Spinner, toastError } from '@/ui'
import { files } from '../api/calls'
import { Conflict } from './Conflict'
import { useDesk } from './context'
import type { OpenFile } from './OpenFile'
import { Picture } from './Picture'
import { nameOf } from './text'
import { useFile } from './useFile'

const CodePane = lazy(async () => { const { loadMonaco } = await import('@/editor/load'); await loadMonaco(); return import('./CodePane') })

/** One file: its text to be written in, its picture, or what else can be done with it. */
export function FilePane({ file }: { file: OpenFile }): ReactNode {
  const t = useT('workspaces')
  const { canWrite } = useDesk()
  const { status, error, theirs, isGone, mime, by } = useFile(file)
  const waiting = <div className="admin-wait"><Spinner label={t('opening', { name: nameOf(file.path) })} /></div>
  if (status === 'loading') return waiting
  if (status === 'failed') return <ErrorState error={error} onRetry={() => void file.load()} />
  if (status === 'binary' && mime.startsWith('image/')) return <Picture file={file} />
  if (status !== 'text') return <NoText file={file} />
  return (
    <div className="ws-file">
      {isGone && <p className="ws-banner" role="alert"><FileX size={15} aria-hidden /><span className="grow">{t('fileGone', { name: nameOf(file.path) })}</span>{canWrite && <Button size="s" onClick={() => file.save().catch(toastError)}>{t('saveAgain')}</Button>}</p>}
      {theirs ? <Conflict key={theirs.etag} file={file} theirs={theirs} by={by} /> : <Suspense fallback={waiting}><CodePane file={file} /></Suspense>}
    </div>
  )
}

function NoText({ file }: { file: OpenFile }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const { status, bytes: size } = useFile(file)
  const download = () => files.read(desk.id, file.path).then(({ bytes: content }) => saveBlob(new Blob([content]), nameOf(file.path)), toastError)
  return (
    <EmptyState icon={<Download size={20} />} title={t(status === 'large' ? 'tooLarge' : 'noText')} actions={<Button icon={<Download size={14} />} onClick={() => void download()}>{t('download')}</Button>}>
      <p>{nameOf(file.path)}, {bytes(size)}</p>
    </EmptyState>
  )
}

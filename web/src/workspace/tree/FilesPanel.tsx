import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import Eye from 'lucide-react/icons/eye'
import EyeOff from 'lucide-react/icons/eye-off'
import FilePlus from 'lucide-react/icons/file-plus'
import FolderPlus from 'lucide-react/icons/folder-plus'
import Upload from 'lucide-react/icons/upload'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import { fromInput, type Chosen } from '@/memory/documents/files'
import { ErrorState, IconButton, Spinner, toastError } from '@/ui'
import { useDesk } from '../open/context'
import { folderOf } from '../open/text'
import { takeDropped } from './drop'
import { ImportNotes } from './ImportNotes'
import type { Draft } from './rows'
import { TreeView } from './TreeView'
import { useFileActs } from './useFileActs'
import { useTree } from './useTree'
import { useUploads, type Sending } from './useUploads'
import './tree.css'

/** The files of the workspace: looked at, made, moved, and brought in. */
export default function FilesPanel(): ReactNode {
  const t = useT('workspaces')
  const { canWrite, workspace } = useDesk()
  const tree = useTree()
  const acts = useFileActs()
  const uploads = useUploads()
  const [draft, setDraft] = useState<Draft | null>(null)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    setOver(false)
    if (!canWrite || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    takeDropped(event.dataTransfer).then((chosen) => uploads.send('', chosen), toastError)
  }
  return (
    <div
      className="ws-files" data-over={isOver || undefined} onDrop={drop} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false) }}
      onDragOver={(event) => { if (canWrite && event.dataTransfer.types.includes('Files')) { event.preventDefault(); setOver(true) } }}
    >
      <Tools setDraft={setDraft} onFiles={(folder, chosen) => uploads.send(folder, chosen)} />
      <ImportNotes />
      {tree.rows.length === 0 && draft === null
        ? tree.isPending ? <div className="admin-wait"><Spinner label={t('side_files')} /></div>
          : tree.error ? <ErrorState error={tree.error} onRetry={tree.retry} />
            : <div className="ws-none small muted"><p><b>{t('noFiles')}</b></p><p>{t(canWrite ? 'noFilesText' : 'noFilesViewer')}</p></div>
        : <TreeView rows={tree.rows} acts={acts} draft={draft} setDraft={setDraft} onFiles={uploads.send} label={workspace.name} />}
      {tree.truncated && <p className="ws-note tiny muted">{t('treeTruncated')}</p>}
      {uploads.sending.length > 0 && <ul className="ws-sendings" aria-label={t('sending')}>{uploads.sending.map((item) => <SendingLine key={item.key} item={item} />)}</ul>}
    </div>
  )
}

function Tools({ setDraft, onFiles }: { setDraft: (draft: Draft) => void; onFiles: (folder: string, chosen: Chosen[]) => void }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite, workspace } = useDesk()
  const showHidden = desk.use((state) => state.showHidden)
  const active = desk.use((state) => state.active)
  const input = useRef<HTMLInputElement>(null)
  const folder = active?.startsWith('file:') ? folderOf(active.slice(5)) : ''
  const begin = (kind: 'file' | 'folder') => { if (folder !== '') desk.toggle(folder, true); setDraft({ folder, kind }) }
  return (
    <div className="ws-tools">
      <span className="tiny muted cut grow">{t('fileCount', { n: workspace.usage.files })}</span>
      {canWrite && (
        <>
          <IconButton size="s" label={t('newFile')} icon={<FilePlus size={15} />} onClick={() => begin('file')} />
          <IconButton size="s" label={t('newFolder')} icon={<FolderPlus size={15} />} onClick={() => begin('folder')} />
          <IconButton size="s" label={t('upload')} icon={<Upload size={15} />} onClick={() => input.current?.click()} />
          <input ref={input} type="file" multiple hidden aria-label={t('upload')} onChange={({ currentTarget }) => { onFiles(folder, fromInput(currentTarget.files ?? [])); currentTarget.value = '' }} />
        </>
      )}
      <IconButton size="s" label={t('hiddenFiles')} pressed={showHidden} icon={showHidden ? <Eye size={15} /> : <EyeOff size={15} />} onClick={() => desk.use.setState({ showHidden: !showHidden })} />
    </div>
  )
}

function SendingLine({ item }: { item: Sending }): ReactNode {
  const t = useT('workspaces')
  return (
    <li className="ws-sending">
      <span className="tiny">{t('sendingFiles', { n: item.files })} <span className="muted">{bytes(item.bytes)}</span></span>
      <progress value={item.share} max={1} aria-label={t('sending')} />
      <IconButton size="s" label={t('stopSending')} icon={<X size={13} />} onClick={item.stop} />
    </li>
  )
}

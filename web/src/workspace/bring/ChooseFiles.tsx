import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import FolderUp from 'lucide-react/icons/folder-up'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { Chosen } from '@/memory/documents/files'
import { Button, IconButton, toastError } from '@/ui'
import { takeChosen, takeDropped } from '../tree/drop'
import { bytesOf, loneArchive, topOf } from './chosen'
import './bring.css'

/** Takes a folder or an archive of this computer, by drop or by choice, and shows what was taken. */
export function ChooseFiles({ chosen, onChange, disabled }: { chosen: Chosen[]; onChange: (chosen: Chosen[]) => void; disabled: boolean }): ReactNode {
  const t = useT('workspaces')
  if (chosen.length === 0) return <DropBox onFiles={onChange} />
  const name = topOf(chosen) ?? loneArchive(chosen)?.path
  return (
    <div className="ws-brought">
      <span className="cut">{name && <b>{name} </b>}<span className="muted small">{t('chosenFiles', { n: chosen.length, size: bytes(bytesOf(chosen)) })}</span></span>
      <IconButton size="s" label={t('chooseAnew')} icon={<X size={14} />} disabled={disabled} onClick={() => onChange([])} />
    </div>
  )
}

function DropBox({ onFiles }: { onFiles: (chosen: Chosen[]) => void }): ReactNode {
  const t = useT('workspaces')
  const [isOver, setOver] = useState(false)
  const folder = useRef<HTMLInputElement>(null)
  const archive = useRef<HTMLInputElement>(null)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    takeDropped(event.dataTransfer).then(onFiles, toastError)
  }
  const take = (input: HTMLInputElement) => { onFiles(takeChosen(input.files ?? [])); input.value = '' }
  return (
    <div className="ws-bring" data-over={isOver || undefined} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false) }} onDrop={drop}>
      <FolderUp size={20} aria-hidden />
      <p className="small">{t('dropProject')}</p>
      <div className="ws-bring-ways">
        <Button size="s" onClick={() => folder.current?.click()}>{t('chooseFolder')}</Button>
        <Button size="s" onClick={() => archive.current?.click()}>{t('chooseArchive')}</Button>
      </div>
      <input ref={(element) => { folder.current = element; element?.setAttribute('webkitdirectory', '') }} type="file" multiple hidden aria-label={t('chooseFolder')} onChange={(event) => take(event.currentTarget)} />
      <input ref={archive} type="file" accept=".zip,.tar,.gz,.tgz,.bz2,.tbz2" hidden aria-label={t('chooseArchive')} onChange={(event) => take(event.currentTarget)} />
    </div>
  )
}

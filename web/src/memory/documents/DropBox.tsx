import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import FileUp from 'lucide-react/icons/file-up'
import { useT } from '@/i18n'
import { Button, toastError } from '@/ui'
import { fromDrop, fromInput, isLeftOut, type Chosen } from './files'

/** Takes files and folders by drop or by choice. */
export function DropBox({ onFiles, children }: { onFiles: (chosen: Chosen[]) => void; children?: ReactNode }): ReactNode {
  const t = useT('memory')
  const [isOver, setOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const give = (chosen: Chosen[]) => { const wanted = chosen.filter(({ path }) => !isLeftOut(path)); if (wanted.length > 0) onFiles(wanted) }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    fromDrop(event.dataTransfer).then(give, toastError)
  }
  const chosen = (input: HTMLInputElement) => { give(fromInput(input.files ?? [])); input.value = '' }
  return (
    <div className="drop" data-over={isOver || undefined} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false) }} onDrop={drop}>
      <FileUp size={20} aria-hidden />
      <p className="small">{t('dropHere')}</p>
      <p className="tiny muted">{t('dropKinds')}</p>
      <div className="drop-ways">
        <Button size="s" onClick={() => files.current?.click()}>{t('chooseFiles')}</Button>
        <Button size="s" onClick={() => folder.current?.click()}>{t('chooseFolder')}</Button>
        {children}
      </div>
      <input ref={files} type="file" multiple hidden aria-label={t('chooseFiles')} onChange={(event) => chosen(event.currentTarget)} />
      <input ref={(element) => { folder.current = element; element?.setAttribute('webkitdirectory', '') }} type="file" multiple hidden aria-label={t('chooseFolder')} onChange={(event) => chosen(event.currentTarget)} />
    </div>
  )
}

import { useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactNode } from 'react'
import ImagePlus from 'lucide-react/icons/image-plus'
import SendHorizontal from 'lucide-react/icons/send-horizontal'
import Square from 'lucide-react/icons/square'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, IconButton, toast, toastError } from '@/ui'
import { dataUrl, type Image } from './dialects/types'
import { checkImage, image_types, readImage } from './images'
import { useSetup } from './store'
import type { Play } from './usePlay'

/** Where the question is written, pictures are added, and an answer is stopped. */
export function Composer({ play }: { play: Play }): ReactNode {
  const t = useT('gateway')
  const draft = useSetup((setup) => setup.draft)
  const { images, add, drop, clear } = useImages()
  const isReady = draft.trim() !== '' && !play.isBusy
  const send = () => {
    if (!isReady) return
    play.send(draft.trim(), images)
    useSetup.setState({ draft: '' })
    clear()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && play.isBusy) play.stop()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    void add([...event.clipboardData.files])
  }
  const onDrop = (event: DragEvent) => { event.preventDefault(); void add([...event.dataTransfer.files]) }
  return (
    <div className="bench-composer" onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
      {images.length > 0 && (
        <ul className="bench-images">
          {images.map((image) => (
            <li key={image.name}><img src={dataUrl(image)} alt={image.name} /><IconButton size="s" label={t('imageRemove', { name: image.name })} icon={<X size={12} />} onClick={() => drop(image)} /></li>
          ))}
        </ul>
      )}
      <textarea
        id="message-box" rows={2} aria-label={t('question')} placeholder={t('questionExample')} value={draft}
        onChange={(event) => useSetup.setState({ draft: event.target.value })} onKeyDown={onKeyDown} onPaste={onPaste}
      />
      <div className="bench-send">
        <AddImage onAdd={add} />
        <span className="grow" />
        {play.isBusy
          ? <Button icon={<Square size={12} fill="currentColor" />} onClick={play.stop}>{t('stop')}</Button>
          : <Button variant="primary" disabled={!isReady} icon={<SendHorizontal size={14} />} onClick={send}>{t('send')}</Button>}
      </div>
    </div>
  )
}

function AddImage({ onAdd }: { onAdd: (files: File[]) => Promise<void> }): ReactNode {
  const t = useT('gateway')
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input} type="file" hidden multiple accept={image_types.join(',')} aria-label={t('imageAdd')}
        onChange={(event) => { void onAdd([...(event.target.files ?? [])]); event.target.value = '' }}
      />
      <IconButton label={t('imageAdd')} icon={<ImagePlus size={17} />} onClick={() => input.current?.click()} />
    </>
  )
}

function useImages() {
  const t = useT('gateway')
  const [images, setImages] = useState<readonly Image[]>([])
  const add = async (files: File[]): Promise<void> => {
    for (const file of files) {
      const mistake = checkImage(file)
      if (mistake) { toast({ tone: 'warn', title: t(mistake, { name: file.name }) }); continue }
      await readImage(file).then((image) => setImages((before) => [...before.filter(({ name }) => name !== image.name), image]), toastError)
    }
  }
  return { images, add, drop: (image: Image) => setImages((before) => before.filter((item) => item !== image)), clear: () => setImages([]) }
}

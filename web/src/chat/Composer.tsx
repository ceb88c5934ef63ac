import { lazy, Suspense, useEffect, useId, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactNode } from 'react'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import Paperclip from 'lucide-react/icons/paperclip'
import Square from 'lucide-react/icons/square'
import ArrowUp from 'lucide-react/icons/arrow-up'
import { useT } from '@/i18n'
import { afterPaint } from '@/lib/afterPaint'
import { useMedia } from '@/lib/useMedia'
import { useUi } from '@/lib/ui-store'
import { Button, IconButton, toastError } from '@/ui'
import { chatStore } from './chats'
import { ComposerMenu } from './ComposerMenu'
import { Highlighted } from './Highlighted'
import { ModelPicker } from './ModelPicker'
import { UploadList } from './UploadList'
import { useAttachments } from './useAttachments'
import { useCommands } from './useCommands'
import { useDraft } from './useDraft'
import { sendTo, type Mode, type WhenBusy as How } from './useSend'
import { useSuggestions } from './useSuggestions'

const WhenBusy = lazy(() => import('./steering/WhenBusy'))
const ModePicker = lazy(() => import('./steering/ModePicker'))

/** What a person may do with the turn that goes. */
interface Control { stop: () => void; pause: () => void; resume: (text?: string) => Promise<boolean> }

interface ComposerProps {
  /** The chat, or null for one that begins with the first message. */
  chatId: string | null
  /** Gives the chat's id, making the chat first where there is none. */
  chatFor: () => Promise<string>
  activity: 'idle' | 'running' | 'paused'
  control: Control | null
  onSent: (chatId: string) => void
  /** Further choices beside those of every message. */
  tools?: ReactNode
}

const longest_paste_characters = 6000
const isTouch = typeof matchMedia !== 'undefined' && matchMedia('(pointer: coarse)').matches

export function Composer({ chatId, chatFor, activity, control, onSent, tools }: ComposerProps) {
  const t = useT('chat')
  const box = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const listId = useId()
  const [text, setDraft] = useDraft(chatId ?? 'new')
  const [caret, setCaret] = useState(text.length)
  const [sending, setSending] = useState(false)
  const [dropping, setDropping] = useState(false)
  const [chosen, setHow] = useState<How>('steer')
  const [mode, setMode] = useState<Mode>('auto')
  const isBusy = activity !== 'idle'
  const files = useAttachments(chatFor)
  const commands = useCommands({ chatId, onStop: isBusy && control ? control.stop : null })
  const setText = (next: string, at = next.length) => {
    setDraft(next)
    setCaret(at)
    requestAnimationFrame(() => { box.current?.focus(); box.current?.setSelectionRange(at, at) })
  }
  const menu = useSuggestions({ text, caret, setText, commands })
  useEffect(() => {
    if (isTouch) return
    // Focus makes the page lay itself out, which the first frame does anyway.
    return afterPaint(() => box.current?.focus())
  }, [chatId])
  useDraftFromElsewhere(setText)

  const isNarrow = useMedia('(max-width: 480px)')
  const isEmpty = text.trim() === '' && files.ids.length === 0
  // A word on the way is text alone: files come with a message of their own.
  const canSteer = files.ids.length === 0
  const how = chosen === 'steer' && !canSteer ? 'enqueue' : chosen
  useEffect(() => { if (!isBusy) setHow('steer') }, [isBusy])
  const deliver = async (said: string) => {
    if (activity === 'paused' && canSteer && control) { if (!(await control.resume(said.trim()))) setDraft(said); return }
    const id = await chatFor()
    await sendTo(chatStore(id), { text: said.trim(), attachments: files.ids, target: targetOf(said), model: useUi.getState().model, mode, ...(isBusy && { whenBusy: how }) })
    files.clear()
    setMode('auto')
    onSent(id)
  }
  const send = async () => {
    if (isEmpty || files.isBusy || sending) return
    const saved = text
    setSending(true)
    setDraft('')
    try {
      await deliver(saved)
    } catch (error) {
      setDraft(saved)
      toastError(error)
    } finally {
      setSending(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (menu.onKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing && !isTouch) { event.preventDefault(); void send() }
    if (event.key === 'Escape' && isBusy) control?.stop()
  }
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files]
    const long = event.clipboardData.getData('text/plain')
    if (pasted.length > 0) { event.preventDefault(); files.add(pasted) }
    else if (long.length > longest_paste_characters) {
      event.preventDefault()
      files.add([new File([long], t('pasteName', { n: files.uploads.length + 1 }), { type: 'text/plain' })])
    }
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setDropping(false)
    files.add(event.dataTransfer.files)
  }
  return (
    <form
      className={`composer ${dropping ? 'dropping' : ''}`} onSubmit={(event) => { event.preventDefault(); void send() }} onDrop={onDrop}
      onDragOver={(event) => { if (event.dataTransfer.types.includes('Files')) { event.preventDefault(); setDropping(true) } }}
      onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false) }}
    >
      {menu.isOpen && <ComposerMenu id={listId} label={menu.kind === 'agents' ? t('agentMenu') : t('commandMenu')} items={menu.items} active={menu.active} onHover={menu.setActive} />}
      {dropping && <div className="drop-hint">{t('dropHere')}</div>}
      <UploadList uploads={files.uploads} onRemove={files.remove} />
      <div className="composer-text">
        <Highlighted text={text} />
        <textarea
          ref={box} id="message-box" rows={1} value={text} placeholder={activity === 'paused' ? t('placeholderPaused') : isBusy ? t('placeholderRunning') : isNarrow ? t('writeTo') : t('placeholder')} aria-label={t('writeTo')} enterKeyHint={isTouch ? 'enter' : 'send'}
          aria-autocomplete="list" aria-controls={menu.isOpen ? listId : undefined} aria-activedescendant={menu.isOpen ? `${listId}-${menu.active}` : undefined}
          onChange={(event) => { setDraft(event.target.value); setCaret(event.target.selectionStart) }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)} onKeyDown={onKeyDown} onPaste={onPaste}
        />
      </div>
      {activity === 'running' && !isEmpty && <Suspense><WhenBusy value={how} onChange={setHow} canSteer={canSteer} /></Suspense>}
      <div className="composer-tools">
        <input ref={picker} type="file" multiple hidden aria-label={t('attachFiles')} onChange={(event) => { files.add(event.target.files ?? []); event.target.value = '' }} />
        <button type="button" className="quiet" onClick={() => picker.current?.click()}><Paperclip size={14} aria-hidden /><span className="wide-only">{t('attach')}</span></button>
        {isBusy || <Suspense><ModePicker value={mode} onChange={setMode} /></Suspense>}
        {isBusy && isNarrow ? null : <ModelPicker />}
        {tools}
        <span className="grow" />
        {activity === 'running' && control && <IconButton label={t('pause')} icon={<Pause size={15} />} onClick={control.pause} />}
        {isBusy && control && <Button className="stop" icon={<Square size={12} fill="currentColor" />} onClick={control.stop}>{t('stop')}</Button>}
        {activity === 'paused' && isEmpty && control && <Button variant="primary" icon={<Play size={14} />} onClick={() => void control.resume()}>{t('resume')}</Button>}
        {(!isBusy || !isEmpty) && <Button variant="primary" type="submit" className="send" disabled={isEmpty || files.isBusy} loading={sending} icon={<ArrowUp size={15} />}>{t('send')}</Button>}
      </div>
    </form>
  )
}

/** `@name` at the start addresses the message. */
const targetOf = (text: string): string | undefined => /^\s*@([a-z][a-z0-9_-]{1,31})\b/.exec(text)?.[1]

/** Other parts of the page put text in the box by an event ("talk to coder", an example). */
function useDraftFromElsewhere(setText: (text: string) => void): void {
  const latest = useRef(setText)
  useEffect(() => { latest.current = setText })
  useEffect(() => {
    const onDraft = (event: Event) => latest.current((event as CustomEvent<string>).detail)
    window.addEventListener('entourage:draft', onDraft)
    return () => window.removeEventListener('entourage:draft', onDraft)
  }, [])
}

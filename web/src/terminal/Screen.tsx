import { useEffect, useRef, useState, type ReactNode } from 'react'
import Eye from 'lucide-react/icons/eye'
import { useT } from '@/i18n'
import { bytes as sizeOf } from '@/lib/format'
import { useMedia } from '@/lib/useMedia'
import { Spinner } from '@/ui'
import { openSocket } from './calls'
import { TerminalLink, type LinkStatus } from './link'
import { makeTerminal } from './make'
import { copyKeys } from './keys'
import { TouchKeys, withControl } from './TouchKeys'

export interface ScreenProps {
  /** The terminal's id on the server. */
  id: string
  label: string
  /** Takes the keys as soon as it is shown. */
  autoFocus?: boolean
  onTitle?: (title: string) => void
  onExit?: (code: number) => void
}

interface Shown { status: LinkStatus; writable: boolean; viewers: number; exit: number | null }
const settle_ms = 80

/** A terminal of the server's, as live as its socket; whoever may not write watches at the writer's size. */
export default function Screen({ id, label, autoFocus = false, onTitle, onExit }: ScreenProps): ReactNode {
  const t = useT('terminal')
  const box = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Shown>({ status: 'connecting', writable: true, viewers: 1, exit: null })
  const [isControl, setControl] = useState(false)
  const isTouch = useMedia('(pointer: coarse)')
  const typed = useRef<(text: string) => void>(() => undefined)
  const control = useRef(false)
  useEffect(() => { control.current = isControl }, [isControl])
  const told = useRef({ onTitle, onExit, t })
  useEffect(() => { told.current = { onTitle, onExit, t } })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const made = makeTerminal(element)
    const { terminal } = made
    const change = (part: Partial<Shown>) => setShown((before) => ({ ...before, ...part }))
    const link = new TerminalLink({
      connect: (after) => openSocket(id, after),
      output: (bytes, end) => terminal.write(bytes, () => link.shown(end)),
      hello: ({ rows, cols, viewers, writable }) => {
        change({ writable, viewers })
        terminal.options.disableStdin = !writable
        if (writable) adapt()
        else terminal.resize(cols, rows)
      },
      resized: (rows, cols) => { if (rows !== terminal.rows || cols !== terminal.cols) terminal.resize(cols, rows) },
      viewers: (viewers) => change({ viewers }),
      lost: (lost) => terminal.write(`\r\n\x1b[90m[${told.current.t('lost', { size: sizeOf(lost) })}]\x1b[0m\r\n`),
      exit: (exit) => { terminal.options.disableStdin = true; change({ exit }); told.current.onExit?.(exit) },
      status: (status) => change({ status }),
    })
    const adapt = () => {
      const size = made.fit.proposeDimensions()
      if (!link.writable || !size || Number.isNaN(size.cols) || element.clientWidth === 0) return
      if (size.cols !== terminal.cols || size.rows !== terminal.rows) terminal.resize(size.cols, size.rows)
      link.resize(size.rows, size.cols)
    }
    const unlisten = listen(element, adapt)
    const encoder = new TextEncoder()
    // Of several windows only the one in which somebody works answers what a program asks the terminal.
    const isHere = () => link.viewers === 1 || element.contains(document.activeElement)
    terminal.onData((text) => {
      if (link.isReplaying || !isHere()) return
      link.write(encoder.encode(control.current ? withControl(text) : text))
      setControl(false)
    })
    typed.current = (text) => terminal.input(text)
    terminal.onBinary((text) => link.write(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))
    terminal.onTitleChange((title) => told.current.onTitle?.(title))
    terminal.attachCustomKeyEventHandler(copyKeys(terminal))
    terminal.textarea?.setAttribute('aria-label', label)
    // The size is that of the window in which somebody works.
    terminal.textarea?.addEventListener('focus', adapt)
    if (autoFocus) terminal.focus()
    const hurry = () => link.hurry()
    window.addEventListener('online', hurry)
    link.start()
    return () => { window.removeEventListener('online', hurry); unlisten(); link.stop(); made.dispose() }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id])
  return (
    <div className="terminal" data-touch={isTouch || undefined}>
      <div ref={box} className="terminal-box" data-status={shown.status} />
      <Note {...shown} />
      {isTouch && shown.writable && shown.exit === null && <TouchKeys isControl={isControl} onControl={setControl} onKey={(text) => typed.current(text)} />}
    </div>
  )
}

/** Tells of a change of the element's size, once it has come to rest. */
function listen(element: HTMLElement, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const observer = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(changed, settle_ms) })
  observer.observe(element)
  return () => { clearTimeout(timer); observer.disconnect() }
}

function Note({ status, writable, viewers, exit }: Shown): ReactNode {
  const t = useT('terminal')
  if (exit !== null) return <p className="terminal-note" role="status">{t('exited', { code: exit })}</p>
  if (status === 'gone') return <p className="terminal-note" role="status">{t('gone')}</p>
  if (status === 'connecting' || status === 'waiting') return <p className="terminal-note"><Spinner label={t('connecting')} />{t('connecting')}</p>
  if (!writable) return <p className="terminal-note" role="status"><Eye size={13} aria-hidden />{t('readOnly')}</p>
  return viewers > 1 ? <p className="terminal-note" role="status"><Eye size={13} aria-hidden />{t('watchers', { n: viewers - 1 })}</p> : null
}

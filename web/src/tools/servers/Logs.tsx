import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ErrorState, Input } from '@/ui'
import { servers, type LogLine } from '../api/servers'
import { toMs } from '../parts/time'

const ask_ms = 1_500
const most_lines = 2_000
const near_px = 40

/** The tail of what a server writes, which follows its end unless the reader scrolled up. */
export function Logs({ id }: { id: string }): ReactNode {
  const t = useT('servers')
  const { lines, error } = useTail(id)
  const [typed, setTyped] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const shown = typed === '' ? lines : lines.filter((line) => line.text.toLowerCase().includes(typed.toLowerCase()))
  useLayoutEffect(() => { if (atEnd.current) box.current?.scrollTo(0, box.current.scrollHeight) }, [shown.length])
  if (error !== null && lines.length === 0) return <ErrorState error={error} />
  return (
    <div className="stack">
      <Input type="search" aria-label={t('logFind')} placeholder={t('logFind')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      <div
        ref={box} className="logs mono" role="log" aria-label={t('view_logs')} tabIndex={0}
        onScroll={(event) => { const { scrollHeight, scrollTop, clientHeight } = event.currentTarget; atEnd.current = scrollHeight - scrollTop - clientHeight < near_px }}
      >
        {shown.map((line) => <div key={line.seq} className={`log-line log-${line.level} log-${line.stream}`}><time>{clock(line.at)}</time><span>{line.text}</span></div>)}
        {shown.length === 0 && <p className="muted">{t('logsEmpty')}</p>}
      </div>
    </div>
  )
}

const two = (n: number) => String(n).padStart(2, '0')
function clock(at: string | number): string {
  const time = new Date(toMs(at))
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** The lines so far, asked for again from the last one on. */
function useTail(id: string): { lines: readonly LogLine[]; error: unknown } {
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    const control = new AbortController()
    let after = 0
    let timer = 0
    const ask = async (): Promise<void> => {
      try {
        const { items, next } = await servers.logs(id, after, control.signal)
        after = next
        if (items.length > 0) setLines((old) => [...old, ...items].slice(-most_lines))
        setError(null)
      } catch (problem) {
        if (control.signal.aborted) return
        setError(problem)
      }
      timer = window.setTimeout(() => void ask(), ask_ms)
    }
    void ask()
    return () => { control.abort(); clearTimeout(timer) }
  }, [id])
  return { lines, error }
}

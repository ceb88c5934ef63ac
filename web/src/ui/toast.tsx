import { useEffect, useRef, useSyncExternalStore } from 'react'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { Button, IconButton } from './Button'

export interface Toast {
  title: string
  detail?: string | undefined
  tone?: 'info' | 'ok' | 'warn' | 'bad'
  action?: { label: string; run: () => void }
  /** How long it stays; 0 keeps it until it is closed. */
  stay_ms?: number
}

let items: (Toast & { id: number })[] = []
let last = 0
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => { listeners.add(listener); return () => { listeners.delete(listener) } }
const set = (next: typeof items) => { items = next; listeners.forEach((listener) => listener()) }
const drop = (id: number) => set(items.filter((item) => item.id !== id))

/** Shows it; the same said again takes the place of what it said before. */
export function toast(item: Toast): void {
  const id = ++last
  const stay_ms = item.stay_ms ?? (item.tone === 'bad' ? 9000 : 5000)
  const others = items.filter((other) => item.action !== undefined || other.action !== undefined || other.title !== item.title || other.detail !== item.detail)
  set([...others.slice(-3), { ...item, id }])
  if (stay_ms > 0) setTimeout(() => drop(id), stay_ms)
}

/** Shows what went wrong in the server's own words. */
export function toastError(error: unknown): void {
  if (error instanceof ApiError) toast({ tone: 'bad', title: error.title, detail: [error.detail, error.hint].filter(Boolean).join(' ') })
  else toast({ tone: 'bad', title: error instanceof Error ? error.message : String(error) })
}

/** Mounted once by the app. */
export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => items)
  const t = useT('shell')
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    element.current?.hidePopover()
    if (shown.length > 0) element.current?.showPopover()
  }, [shown])
  return (
    <div ref={element} popover="manual" className="toasts" role="region" aria-label={t('notices')} aria-live="polite">
      {shown.map((item) => (
        <div key={item.id} className={`toast toast-${item.tone ?? 'info'}`}>
          <div className="grow">
            <b>{item.title}</b>
            {item.detail !== undefined && item.detail !== '' && <span className="muted">{item.detail}</span>}
          </div>
          {item.action && <Button size="s" onClick={() => { drop(item.id); item.action?.run() }}>{item.action.label}</Button>}
          <IconButton size="s" label={t('close')} icon={<X size={14} />} onClick={() => drop(item.id)} />
        </div>
      ))}
    </div>
  )
}

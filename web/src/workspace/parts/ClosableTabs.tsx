import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import X from 'lucide-react/icons/x'
import './tabs.css'

export interface ClosableTab { id: string; icon: ReactNode; label: string; title?: string; isDirty?: boolean; mark?: ReactNode }

interface ClosableTabsProps {
  label: string
  items: readonly ClosableTab[]
  value: string | null
  panelId: string
  onShow: (id: string) => void
  onClose: (id: string) => void
}

/** Tabs that can be closed: by the cross, a middle click, or Delete on the one in focus. */
export function ClosableTabs({ label, items, value, panelId, onShow, onClose }: ClosableTabsProps): ReactNode {
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => { bar.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) }, [value])
  const onKeyDown = (event: KeyboardEvent) => {
    const at = items.findIndex(({ id }) => id === value)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key]
    const next = to === undefined ? undefined : items[(to + items.length) % items.length]
    if (next) {
      event.preventDefault()
      onShow(next.id)
      bar.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus()
    } else if (event.key === 'Delete' && value !== null) { event.preventDefault(); onClose(value) }
  }
  return (
    <div ref={bar} className="ws-tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <div key={item.id} className="ws-tab" data-active={item.id === value || undefined} data-dirty={item.isDirty || undefined} onAuxClick={(event) => { if (event.button === 1) onClose(item.id) }} role="presentation">
          <button type="button" role="tab" data-tab={item.id} aria-selected={item.id === value} aria-controls={item.id === value ? panelId : undefined} aria-keyshortcuts="Delete" tabIndex={item.id === value ? 0 : -1} title={item.title} onClick={() => onShow(item.id)}>
            {item.icon}<span>{item.label}</span>{item.mark}
          </button>
          {/* For the pointer: in a list of tabs nothing else may be named. The keys have Delete. */}
          <span className="ws-tab-close" aria-hidden="true" data-closes={item.label} onClick={() => onClose(item.id)}><X size={13} /></span>
        </div>
      ))}
    </div>
  )
}

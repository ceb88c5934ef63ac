import type { KeyboardEvent, ReactNode } from 'react'

export interface TabItem { id: string; label: ReactNode; icon?: ReactNode }

interface TabsProps {
  items: TabItem[]
  value: string
  onChange: (id: string) => void
  label: string
  /** The element shown for the chosen tab has this id, so that tabs can point at it. */
  panelId?: string
  className?: string
}

export function Tabs({ items, value, onChange, label, panelId, className = '' }: TabsProps) {
  const steer = (event: KeyboardEvent) => {
    const here = items.findIndex((item) => item.id === value)
    const to = event.key === 'ArrowRight' ? here + 1 : event.key === 'ArrowLeft' ? here - 1 : null
    const next = to === null ? undefined : items[(to + items.length) % items.length]
    if (!next) return
    event.preventDefault()
    onChange(next.id)
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus()
  }
  return (
    <div role="tablist" aria-label={label} className={`tabs ${className}`} onKeyDown={steer}>
      {items.map((item) => (
        <button
          key={item.id} type="button" role="tab" data-tab={item.id} className="tab" tabIndex={item.id === value ? 0 : -1}
          aria-selected={item.id === value} aria-controls={item.id === value ? panelId : undefined} onClick={() => onChange(item.id)}
        >
          {item.icon}{item.label}
        </button>
      ))}
    </div>
  )
}

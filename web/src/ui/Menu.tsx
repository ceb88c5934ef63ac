import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import Check from 'lucide-react/icons/check'
import { place, type Align } from './place'

export interface MenuItem {
  id: string
  label: ReactNode
  icon?: ReactNode
  hint?: ReactNode
  danger?: boolean
  disabled?: boolean
  /** Shows a tick, for a choice among several. */
  checked?: boolean
  onSelect: () => void
}
export type MenuEntry = MenuItem | { id: string; heading: string } | { id: string; line: true }

interface TriggerProps { onClick: () => void; 'aria-haspopup': 'menu'; 'aria-expanded': boolean; 'aria-controls': string | undefined }

interface MenuProps {
  /** The button: spread the given props on it. */
  trigger: (props: TriggerProps) => ReactNode
  items: MenuEntry[]
  label: string
  align?: Align
  side?: 'below' | 'above'
}

export function Menu({ trigger, items, label, align = 'start', side = 'below' }: MenuProps) {
  const [open, setOpen] = useState(false)
  const anchor = useRef<HTMLSpanElement>(null)
  const id = useId()
  const close = (refocus: boolean) => {
    setOpen(false)
    if (refocus) anchor.current?.querySelector<HTMLElement>('button')?.focus()
  }
  return (
    <span ref={anchor} style={{ display: 'contents' }}>
      {trigger({ onClick: () => setOpen(!open), 'aria-haspopup': 'menu', 'aria-expanded': open, 'aria-controls': open ? id : undefined })}
      {open && <Popup id={id} label={label} items={items} anchor={() => anchor.current?.firstElementChild ?? null} align={align} side={side} onClose={close} />}
    </span>
  )
}

interface PopupProps { id: string; label: string; items: MenuEntry[]; anchor: () => Element | null; align: Align; side: 'below' | 'above'; onClose: (refocus: boolean) => void }

/** The open menu by itself, for anchors that are not its own trigger. */
export function Popup({ id, label, items, anchor, align, side, onClose }: PopupProps) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const popup = element.current
    const at = anchor()
    if (!popup || !at) return
    popup.showPopover()
    place(popup, at, align, side)
    popup.querySelector<HTMLElement>('[role^=menuitem]:not(:disabled)')?.focus()
    const outside = (event: Event) => {
      if (!(event.target instanceof Node) || (!popup.contains(event.target) && !at.contains(event.target))) onClose(false)
    }
    document.addEventListener('pointerdown', outside, true)
    window.addEventListener('resize', outside)
    return () => { document.removeEventListener('pointerdown', outside, true); window.removeEventListener('resize', outside) }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return (
    <div ref={element} id={id} popover="manual" role="menu" aria-label={label} className="menu" onKeyDown={(event) => steer(event, onClose)}>
      {items.map((item) => {
        if ('line' in item) return <div key={item.id} role="separator" className="menu-line" />
        if ('heading' in item) return <div key={item.id} role="presentation" className="menu-head">{item.heading}</div>
        return (
          <button
            key={item.id} type="button" tabIndex={-1} disabled={item.disabled} className={`menu-item ${item.danger ? 'danger' : ''}`}
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked={item.checked}
            onClick={() => { onClose(true); item.onSelect() }}
          >
            {item.icon}
            <span className="cut">{item.label}</span>
            {item.checked === true ? <Check size={14} className="hint" aria-hidden /> : item.hint !== undefined && <span className="hint">{item.hint}</span>}
          </button>
        )
      })}
    </div>
  )
}

function steer(event: KeyboardEvent<HTMLDivElement>, onClose: (refocus: boolean) => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)')]
  const here = items.indexOf(document.activeElement as HTMLElement)
  const moves: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }
  const to = moves[event.key]
  if (event.key === 'Escape' || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); onClose(true) }
  else if (to !== undefined) { event.preventDefault(); items[(to + items.length) % items.length]?.focus() }
}

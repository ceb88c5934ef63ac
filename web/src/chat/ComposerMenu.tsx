import { useEffect, useRef, type ReactNode } from 'react'

export interface Suggestion { id: string; label: ReactNode; detail?: string; icon?: ReactNode; pick: () => void }

interface ComposerMenuProps { id: string; label: string; items: Suggestion[]; active: number; onHover: (index: number) => void }

/** The list over the message box for @agents and /commands; the box keeps the focus and the keys. */
export function ComposerMenu({ id, label, items, active, onHover }: ComposerMenuProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => { list.current?.children[active]?.scrollIntoView({ block: 'nearest' }) }, [active])
  return (
    <div ref={list} id={id} role="listbox" aria-label={label} className="suggest" tabIndex={0}>
      {items.map((item, index) => (
        <div
          key={item.id} id={`${id}-${index}`} role="option" aria-selected={index === active} className="menu-item" data-active={index === active}
          onPointerMove={() => onHover(index)} onPointerDown={(event) => { event.preventDefault(); item.pick() }}
        >
          {item.icon}
          <span>{item.label}</span>
          {item.detail !== undefined && <span className="cut faint tiny grow">{item.detail}</span>}
        </div>
      ))}
    </div>
  )
}

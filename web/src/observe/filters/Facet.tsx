import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import { useT } from '@/i18n'
import { fuzzy } from '@/lib/fuzzy'
import { place } from '@/ui/place'

interface PopoverProps { label: string; value: ReactNode; active: boolean; children: (close: () => void) => ReactNode }

/** A button that opens a small panel below itself; Escape and a click elsewhere close it. */
export function Popover({ label, value, active, children }: PopoverProps): ReactNode {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const id = useId()
  const close = () => { setOpen(false); button.current?.focus() }
  useEffect(() => {
    const box = panel.current
    if (!open || !box || !button.current) return
    box.showPopover()
    place(box, button.current)
    box.querySelector<HTMLElement>('input, button')?.focus()
    const outside = (event: Event) => {
      const isInside = event.target instanceof Node && (box.contains(event.target) || button.current?.contains(event.target))
      if (!isInside) setOpen(false)
    }
    document.addEventListener('pointerdown', outside, true)
    return () => document.removeEventListener('pointerdown', outside, true)
  }, [open])
  return (
    <>
      <button
        ref={button} type="button" className={`facet ${active ? 'on' : ''}`} aria-haspopup="dialog" aria-expanded={open} aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <span className="muted">{label}</span>{value !== null && <b className="cut">{value}</b>}<ChevronDown size={13} aria-hidden />
      </button>
      {open && (
        <div
          ref={panel} id={id} popover="manual" role="dialog" aria-label={label} className="menu facet-panel"
          onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); close() } }}
        >
          {children(close)}
        </div>
      )}
    </>
  )
}

interface FacetProps { label: string; chosen: readonly string[]; options: readonly string[]; onChange: (chosen: string[]) => void; show?: (option: string) => ReactNode }

const worth_search = 8

/** Chooses some of many. */
export function Facet({ label, chosen, options, onChange, show = (option) => option }: FacetProps): ReactNode {
  const value = chosen.length === 0 ? null : chosen.length === 1 ? show(chosen[0] ?? '') : String(chosen.length)
  return (
    <Popover label={label} value={value} active={chosen.length > 0}>
      {() => <Choices label={label} chosen={chosen} options={options} onChange={onChange} show={show} />}
    </Popover>
  )
}

function Choices({ label, chosen, options, onChange, show }: Required<FacetProps>): ReactNode {
  const t = useT('observe')
  const [query, setQuery] = useState('')
  const all = [...new Set([...chosen, ...options])]
  const turn = (option: string) => onChange(chosen.includes(option) ? chosen.filter((item) => item !== option) : [...chosen, option])
  return (
    <>
      {all.length > worth_search && (
        <input className="input facet-search" type="search" value={query} onChange={(event) => setQuery(event.target.value)} placeholder={t('find')} aria-label={`${label}: ${t('find')}`} />
      )}
      <div className="facet-list" role="group" aria-label={label}>
        {fuzzy(query, all, (option) => option).map((option) => (
          <label key={option} className="facet-option">
            <input type="checkbox" checked={chosen.includes(option)} onChange={() => turn(option)} />
            <span className="cut">{show(option)}</span>
          </label>
        ))}
        {all.length === 0 && <p className="tiny muted facet-none">{t('nothingSeen')}</p>}
      </div>
      {chosen.length > 0 && <button type="button" className="facet-clear" onClick={() => onChange([])}>{t('clear')}</button>}
    </>
  )
}

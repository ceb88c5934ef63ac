import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import Search from 'lucide-react/icons/search'
import { useT } from '@/i18n'
import { useLayers } from '@/lib/ui-store'
import { Dialog, Kbd } from '@/ui'
import { usePaletteItems } from './usePaletteItems'

const close = () => useLayers.setState({ palette: false })

/** Ctrl-K: chats, agents, actions, themes, languages and words in messages, by one box. */
export default function Palette() {
  const t = useT('shell')
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const groups = usePaletteItems(text.trim())
  const items = groups.flatMap((group) => group.items)
  const here = Math.min(active, items.length - 1)
  useEffect(() => setActive(0), [text])
  useEffect(() => { list.current?.querySelector('[data-active=true]')?.scrollIntoView({ block: 'nearest' }) }, [here])
  const pick = (index: number) => { const item = items[index]; if (item) { close(); item.run() } }
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: Math.min(here + 8, items.length - 1), PageUp: Math.max(here - 8, 0) }
    const to = steps[event.key]
    if (to !== undefined && items.length > 0) setActive((to + items.length) % items.length)
    else if (event.key === 'Enter') pick(here)
    else return
    event.preventDefault()
  }
  let index = -1
  return (
    <Dialog open onClose={close} title={t('palette')} className="palette">
      <div className="palette-input">
        <Search size={16} aria-hidden />
        <input
          autoFocus value={text} placeholder={t('palettePlaceholder')} aria-label={t('palettePlaceholder')} role="combobox" aria-expanded aria-controls="palette-list"
          aria-activedescendant={here >= 0 ? `palette-${here}` : undefined} onChange={(event) => setText(event.target.value)} onKeyDown={onKey}
        />
        <Kbd>Esc</Kbd>
      </div>
      <div ref={list} id="palette-list" className="palette-list" role="listbox" aria-label={t('palette')}>
        {items.length === 0 && <p className="list-note">{t('paletteEmpty')}</p>}
        {groups.map((group) => group.items.length > 0 && (
          <div key={group.id} role="group" aria-label={group.label}>
            <div className="menu-head" aria-hidden="true">{group.label}</div>
            {group.items.map((item) => {
              const at = ++index
              return (
                <div key={item.id} id={`palette-${at}`} role="option" aria-selected={at === here} data-active={at === here} className="menu-item" onPointerMove={() => setActive(at)} onClick={() => pick(at)}>
                  {item.icon}
                  <span className="cut">{item.label}</span>
                  {item.hint !== undefined && <span className="hint cut">{item.hint}</span>}
                </div>
              )
            })}
          </div>
        ))}
      </div>
    </Dialog>
  )
}

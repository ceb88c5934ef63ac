import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Search from 'lucide-react/icons/search'
import { useT } from '@/i18n'
import { useDebounced } from '@/lib/useDebounced'
import { nodesQuery } from '../api/queries'
import { hueOf } from './colours'

const pause_ms = 200
const most_found = 12

/** Finds a node of the whole graph by its name, also one that is not drawn. */
export function FindNode({ onChoose }: { onChoose: (id: string) => void }): ReactNode {
  const t = useT('graph')
  const id = useId()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const asked = useDebounced(text.trim(), pause_ms)
  const found = useQuery({ ...nodesQuery({ q: asked, limit: most_found }), enabled: asked !== '' }).data ?? []
  const isShown = isOpen && asked !== ''
  const pick = (index: number) => { const node = found[index]; if (node) { onChoose(node.id); setOpen(false); setText(node.name) } }
  const steer = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') { setOpen(false); return }
    if (event.key === 'Enter') { event.preventDefault(); pick(at) }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined || found.length === 0) return
    event.preventDefault()
    setOpen(true)
    setAt((at + step + found.length) % found.length)
  }
  return (
    <div className="find-node" onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false) }}>
      <Search size={14} aria-hidden />
      <input
        className="input" role="combobox" aria-label={t('findNode')} placeholder={t('findNode')} aria-expanded={isShown} aria-controls={id} aria-activedescendant={isShown && found[at] ? `${id}-${at}` : undefined} autoComplete="off"
        value={text} onChange={(event) => { setText(event.target.value); setOpen(true); setAt(0) }} onFocus={() => setOpen(true)} onKeyDown={steer}
      />
      <div id={id} className="found-nodes" role="listbox" aria-label={t('nodes')} hidden={!isShown}>
        {found.length === 0 && <p className="tiny muted" role="option" aria-selected="false">{t('noneFound')}</p>}
        {found.map(({ id: node, kind, name }, index) => (
          <div key={node} id={`${id}-${index}`} role="option" aria-selected={index === at} className="menu-item" data-active={index === at} onPointerMove={() => setAt(index)} onPointerDown={(event) => { event.preventDefault(); pick(index) }}>
            <i className="node-dot" style={{ '--h': hueOf(kind) }} aria-hidden="true" /><span className="cut">{name}</span><span className="hint">{kind}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import Brain from 'lucide-react/icons/brain'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { SourceLink } from '@/memory/parts/SourceLink'
import type { ContextItem, ContextPart } from '@/lib/types'
import './recalled.css'

/** What the agent was reminded of before it answered: a chip, and on demand each memory with its source and the reason. */
export default function Recalled({ part: { items } }: { part: ContextPart }): ReactNode {
  const t = useT('recalled')
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [cited, setCited] = useState<number | null>(null)
  useEffect(() => {
    // A citation in the answer's text opens the list at its memory.
    const turn = box.current?.closest('.turn')
    const show = (event: Event) => {
      const n = Number((event.target as Element).closest<HTMLElement>('[data-cite]')?.dataset.cite)
      if (!(n >= 1 && n <= items.length)) return
      setOpen(true)
      setCited(n)
    }
    turn?.addEventListener('click', show)
    return () => turn?.removeEventListener('click', show)
  }, [items.length])
  useEffect(() => { if (isOpen && cited !== null) box.current?.querySelector<HTMLElement>(`[value="${cited}"]`)?.focus() }, [isOpen, cited])
  if (items.length === 0) return null
  return (
    <div ref={box} className="recalled">
      <button type="button" className="recalled-chip" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={() => { setOpen(!isOpen); setCited(null) }}><Brain size={13} aria-hidden />{t('used', { n: items.length })}</button>
      {isOpen && <ol id={id} className="recalled-list" aria-label={t('used', { n: items.length })}>{items.map((item, index) => <Item key={item.memory_id} item={item} place={index + 1} isCited={index + 1 === cited} />)}</ol>}
    </div>
  )
}

function Item({ item: { kind, text, source, why }, place, isCited }: { item: ContextItem; place: number; isCited: boolean }): ReactNode {
  const t = useT('recalled')
  return (
    <li value={place} tabIndex={-1} data-cited={isCited || undefined}>
      <p>{text}</p>
      <div className="recalled-from">
        <span className="muted">{t(`kind_${kind}`)}</span><SourceLink source={source} documentId={kind === 'document' ? source.id : null} />
        <Link className="muted" to="/memory/search" search={{ q: text.slice(0, 80) }}>{t('findIt')}</Link>
      </div>
      {why !== null && why !== '' && <p className="recalled-why muted">{why}</p>}
    </li>
  )
}

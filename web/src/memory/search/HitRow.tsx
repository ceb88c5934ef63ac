import { useId, useState, type ReactNode } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { ago, dateTime, number } from '@/lib/format'
import type { Hit } from '../api/types'
import { Kind } from '../parts/Kind'
import { Said } from '../parts/Said'
import { marked } from './marks'
import { WhyPanel } from './WhyPanel'

/** One memory that was found: its words with what matched marked, where it comes from, and on demand why it is here. */
export function HitRow({ hit, place, best }: { hit: Hit; place: number; best: number }): ReactNode {
  const t = useT('memory')
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const { memory, score, why } = hit
  return (
    <li className="found">
      <div className="found-head">
        <span className="found-place tabular" aria-hidden="true">{place}</span>
        <Kind kind={memory.kind} />
        <Said memory={memory} />
        {memory.agent !== null && <AgentName name={memory.agent} />}
        <span className="faint tiny nowrap" title={dateTime(memory.created_at)}>{ago(memory.created_at)}</span>
        <span className="grow" />
        <span className="score" title={t('score')}><i style={{ '--share': best > 0 ? Math.max(0, Math.min(1, score / best)) : 0 }} aria-hidden="true" /><span className="sr-only">{t('score')} </span><span className="tabular">{number(score, 3, 3)}</span></span>
      </div>
      <p className="found-text">{marked(memory.text, why.sparse?.terms ?? []).map((piece, index) => (piece.isMarked ? <mark key={index}>{piece.text}</mark> : piece.text))}</p>
      <div className="found-foot">
        <button type="button" className="why-button" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={() => setOpen(!isOpen)}>
          <ChevronRight size={13} className="fold" aria-hidden />{t('whyThis')}
        </button>
        {memory.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}
      </div>
      {isOpen && <WhyPanel id={id} hit={hit} />}
    </li>
  )
}

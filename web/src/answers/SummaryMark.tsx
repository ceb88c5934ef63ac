import ChevronRight from 'lucide-react/icons/chevron-right'
import { useT } from '@/i18n'
import type { SummaryPart } from '@/lib/types'
import './answers.css'

/** A mark where the model was given a summary in place of the oldest messages; opened, it says which. */
export default function SummaryMark({ part }: { part: SummaryPart }) {
  const t = useT('share')
  return (
    <details className="summary-mark">
      <summary><ChevronRight size={14} aria-hidden /><span>{t('summarised', { n: part.messages })}</span></summary>
      <div className="summary-text">{part.text}</div>
    </details>
  )
}

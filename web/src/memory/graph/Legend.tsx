import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { hueOf } from './colours'
import { kindsOf, type Known } from './model'

/** The kinds and their hues; each can be hidden. */
export function Legend({ known, hidden, onChange }: { known: Known; hidden: ReadonlySet<string>; onChange: (hidden: Set<string>) => void }): ReactNode {
  const t = useT('graph')
  const toggle = (kind: string) => { const next = new Set(hidden); if (!next.delete(kind)) next.add(kind); onChange(next) }
  return (
    <div className="legend" role="group" aria-label={t('kinds')}>
      {kindsOf(known).map(([kind, n]) => (
        <button key={kind} type="button" className="legend-kind" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>
          <i className="node-dot" style={{ '--h': hueOf(kind) }} aria-hidden="true" />{kind}<span className="muted tabular">{count(n)}</span>
        </button>
      ))}
    </div>
  )
}

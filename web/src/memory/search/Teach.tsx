import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Brain from 'lucide-react/icons/brain'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Link } from '@/lib/router'
import { EmptyState } from '@/ui'
import { statsQuery } from '../api/queries'
import { useWhose } from '../whose'
import { kinds } from './ask'

/** Before anything is asked: what is remembered, or how something comes to be. */
export function Teach({ onTry }: { onTry: (words: string) => void }): ReactNode {
  const t = useT('memory')
  const whose = useWhose()
  const stats = useQuery(statsQuery(whose.id)).data
  if (!stats) return null
  const total = kinds.reduce((sum, kind) => sum + (stats.counts[kind] ?? 0), 0)
  if (total === 0) {
    return (
      <EmptyState
        icon={<Brain size={20} />} title={t('emptyTitle')}
        actions={whose.mayWrite && <><Link className="btn btn-primary" to="/memory/documents">{t('addDocuments')}</Link><Link className="btn btn-default" to="/memory/facts">{t('writeFact')}</Link></>}
      ><p>{t(whose.id === undefined ? 'emptyText' : 'noneShared')}</p></EmptyState>
    )
  }
  return (
    <div className="teach">
      <div className="tiles">
        {kinds.map((kind) => <Link key={kind} className="tile" to={kind === 'document' ? '/memory/documents' : '/memory/facts'} {...(kind !== 'document' && { search: { kind } })}><b className="tabular">{number(stats.counts[kind] ?? 0)}</b><span className="tile-name"><i data-kind={kind} aria-hidden="true" />{t(`kinds_${kind}`)}</span></Link>)}
      </div>
      {stats.pending > 0 && <p className="tiny muted" role="status">{t('pending', { n: stats.pending })}</p>}
      <div className="teach-ways">
        <p className="small muted">{t('tryIt')}</p>
        {(['try1', 'try2', 'try3'] as const).map((key) => <button key={key} type="button" className="try" onClick={() => onTry(t(key))}>{t(key)}</button>)}
      </div>
      <p className="tiny muted teach-how">{t('howFound')}</p>
    </div>
  )
}

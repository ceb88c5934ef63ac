import type { ReactNode } from 'react'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import ArrowRight from 'lucide-react/icons/arrow-right'
import Trash2 from 'lucide-react/icons/trash-2'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { Button, confirm, IconButton } from '@/ui'
import type { GraphNode } from '../api/types'
import { hueOf } from './colours'
import { neighboursOf } from './model'
import { linkOf } from './open'
import type { Explorer } from './useExplorer'

const most_shown = 80

/** What is known of the chosen node, its neighbours, and what can be done from here. */
export function Detail({ node, explorer, onGo }: { node: GraphNode; explorer: Explorer; onGo: (id: string) => void }): ReactNode {
  const t = useT('graph')
  const { known, from, path, beginPath, findPath, expand, remove, choose, busy } = explorer
  const near = neighboursOf(known, node.id)
  const place = linkOf(node)
  const isEnd = path?.nodes.at(-1)?.id === node.id
  const forget = async () => { if (await confirm({ title: t('removeNode', { name: node.name }), detail: t('removeNodeDetail'), action: t('remove'), danger: true })) await remove(node.id) }
  return (
    <aside className="node-detail" aria-label={t('details')}>
      <div className="row node-head">
        <i className="node-dot" style={{ '--h': hueOf(node.kind) }} aria-hidden="true" />
        <h2 className="grow">{node.name}</h2>
        <IconButton size="s" label={t('closeDetails')} icon={<X size={15} />} onClick={() => void choose(null)} />
      </div>
      <p className="tiny muted">{node.kind} · {t('edgesCount', { n: node.degree })}</p>
      <Props props={node.props} />
      <div className="node-acts">
        <Button size="s" loading={busy === 'expand'} onClick={() => void expand(node.id)}>{t('expand')}</Button>
        {from === null || from === node.id || isEnd
          ? <Button size="s" aria-pressed={from === node.id} onClick={() => beginPath(from === node.id ? null : node.id)}>{from === node.id ? t('pathFromThis') : t('pathFrom')}</Button>
          : <Button size="s" variant="primary" loading={busy === 'path'} onClick={() => void findPath(node.id)}>{t('pathTo')}</Button>}
        {place !== null && <Link className="btn btn-default btn-s" to={place.to} {...(place.search && { search: place.search })}>{t('open')}</Link>}
        <IconButton size="s" label={t('remove')} icon={<Trash2 size={14} />} disabled={busy === 'remove'} onClick={() => void forget()} />
      </div>
      <h3 className="node-h3">{t('neighbours')} <span className="muted tabular">{near.length}</span></h3>
      {near.length < node.degree && <p className="tiny muted">{t('moreNeighbours', { n: node.degree - near.length })}</p>}
      <ul className="near">
        {near.slice(0, most_shown).map(({ node: other, edge, isOut }) => (
          <li key={`${other.id} ${edge.type} ${isOut}`}>
            <button type="button" onClick={() => onGo(other.id)}>
              {isOut ? <ArrowRight size={12} aria-label={t('to')} /> : <ArrowLeft size={12} aria-label={t('from')} />}
              <span className="edge-type">{edge.type}</span>
              <i className="node-dot" style={{ '--h': hueOf(other.kind) }} aria-hidden="true" />
              <span className="cut">{other.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  )
}

/** What was written down of a node; what is not plain is left to those who ask the API. */
function Props({ props }: { props: Record<string, unknown> }): ReactNode {
  const plain = Object.entries(props).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
  if (plain.length === 0) return null
  return <dl className="node-props">{plain.map(([name, value]) => <div key={name}><dt>{name.replaceAll('_', ' ')}</dt><dd>{String(value)}</dd></div>)}</dl>
}

import { Fragment, type ReactNode } from 'react'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { IconButton } from '@/ui'
import { hueOf } from './colours'
import { stepsOf } from './model'
import type { Explorer } from './useExplorer'

/** The way between two nodes, or what to do to see one. */
export function PathLine({ explorer: { known, from, path, isPathless, clearPath }, onGo }: { explorer: Explorer; onGo: (id: string) => void }): ReactNode {
  const t = useT('graph')
  if (from === null) return null
  return (
    <div className="path-line" role="status">
      <span className="tiny muted nowrap">{t('path')}</span>
      <div className="path-steps">
        {path === null ? <span className="small">{isPathless ? t('noPath') : t('pathHint', { name: known.nodes.get(from)?.name ?? '' })}</span>
          : stepsOf(path).map(({ node, edge, isForward }, index) => (
            <Fragment key={node.id}>
              {index > 0 && <span className="edge-type">{isForward ? '' : '← '}{edge?.type}{isForward ? ' →' : ''}</span>}
              <button type="button" className="path-node" onClick={() => onGo(node.id)}><i className="node-dot" style={{ '--h': hueOf(node.kind) }} aria-hidden="true" />{node.name}</button>
            </Fragment>
          ))}
      </div>
      <IconButton size="s" label={t('clearPath')} icon={<X size={14} />} onClick={clearPath} />
    </div>
  )
}

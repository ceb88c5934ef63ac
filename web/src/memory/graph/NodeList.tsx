import { useMemo, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Input } from '@/ui'
import { hueOf } from './colours'
import { listed, type Known } from './model'

const portion = 100

interface Props { known: Known; hidden: ReadonlySet<string>; chosen: string | null; path: ReadonlySet<string>; onChoose: (id: string) => void }

/** The same graph in lines, for keyboards, screen readers and those who like lists. */
export function NodeList({ known, hidden, chosen, path, onChoose }: Props): ReactNode {
  const t = useT('graph')
  const [text, setText] = useState('')
  const [most, setMost] = useState(portion)
  const nodes = useMemo(() => listed(known, hidden, text), [known, hidden, text])
  return (
    <div className="node-list">
      <Input type="search" aria-label={t('narrow')} placeholder={t('narrow')} value={text} onChange={(event) => { setText(event.target.value); setMost(portion) }} />
      <p className="tiny muted" role="status">{t('nodesCount', { n: nodes.length })}</p>
      <ul className="node-rows" aria-label={t('nodes')}>
        {nodes.slice(0, most).map(({ id, kind, name, degree }) => (
          <li key={id}>
            <button type="button" className="node-row" aria-pressed={id === chosen} data-path={path.has(id) || undefined} onClick={() => onChoose(id)}>
              <i className="node-dot" style={{ '--h': hueOf(kind) }} aria-hidden="true" />
              <span className="cut">{name}</span><span className="muted tiny">{kind}</span><span className="muted tiny tabular end">{t('edgesCount', { n: degree })}</span>
            </button>
          </li>
        ))}
      </ul>
      {nodes.length > most && <Button className="more" onClick={() => setMost(most + portion)}>{t('more')}</Button>}
    </div>
  )
}

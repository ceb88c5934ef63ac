import { type ReactNode, useMemo, useState } from 'react'
import { useT } from '@/i18n'
import { EmptyState, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import type { Source } from '../sheet/messages'
import { useSheet } from '../sheet/useSheet'
import TableView from '../table/TableView'
import { TreeView } from './TreeView'
import { useTree } from './useTree'

interface Props {
  text: string
  title: string
  /** A value a line, instead of one document. */
  isLines?: boolean
}

/** A JSON document: a table when it is a list of records, a tree otherwise or when asked. */
export default function JsonData({ text, title, isLines = false }: Props): ReactNode {
  const t = useT('artifacts')
  const [isTree, setTree] = useState(false)
  const source = useMemo(() => listSource(text, isLines), [text, isLines])
  const opening = useSheet(source)
  if (opening.is === 'broken') return <Broken why={opening.why} />
  if (!source || opening.is === 'other') return <Tree text={text} title={title} isLines={isLines} />
  return (
    <>
      {opening.is === 'table' && (
        <div className="sheet-kind">
          <Segments
            size="s"
            label={t('mode')}
            value={isTree ? 'tree' : 'table'}
            onChange={(value) => setTree(value === 'tree')}
            options={[
              { value: 'table', label: t('jsonTable') },
              { value: 'tree', label: t('jsonTree') },
            ]}
          />
        </div>
      )}
      {isTree ? <Tree text={text} title={title} isLines={isLines} /> : <TableView opening={opening} title={title} />}
    </>
  )
}

/** What may be a table, null for a document that is surely none. */
function listSource(text: string, isLines: boolean): Source | null {
  if (isLines) return { format: 'lines', text }
  return /^\s*\[/.test(text) ? { format: 'json', text } : null
}

function Tree({ text, title, isLines }: Required<Props>): ReactNode {
  const t = useT('artifacts')
  const opening = useTree(text, isLines)
  if (opening.is === 'opening')
    return (
      <div className="dock-wait">
        <Spinner label={t('loading')} />
      </div>
    )
  if (opening.is === 'broken') return <Broken why={opening.why} />
  const { tree, desk } = opening
  return <TreeView tree={tree} title={title} format={(node) => desk.format(tree, node)} />
}

function Broken({ why }: { why: string }): ReactNode {
  const t = useT('artifacts')
  return (
    <EmptyState title={t('jsonBroken')}>
      <p>{why}</p>
      <p>{t('jsonBrokenDetail')}</p>
    </EmptyState>
  )
}

import { type ReactNode, useMemo, useState } from 'react'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import { Segments } from '@/ui/Segments'
import { linesAsList } from '../sheet/lines'
import type { Source } from '../sheet/messages'
import { useSheet } from '../sheet/useSheet'
import TableView from '../table/TableView'
import JsonView from './JsonView'

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
  const parsed = useMemo(() => parse(isLines ? linesAsList(text) : text), [text, isLines])
  return 'error' in parsed ? <Broken why={parsed.error} /> : <JsonView value={parsed.value} title={title} />
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

type Parsed = { value: unknown } | { error: string }

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

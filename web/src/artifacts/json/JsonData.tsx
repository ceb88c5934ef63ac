import { type ReactNode, useMemo, useState } from 'react'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import { Segments } from '@/ui/Segments'
import { tableFromJson } from '../data/table'
import TableView from '../table/TableView'
import JsonView from './JsonView'

type Parsed = { value: unknown } | { error: string }

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** A JSON document: a table when it is a list of records, a tree otherwise or when asked. */
export default function JsonData({ text, title }: { text: string; title: string }): ReactNode {
  const t = useT('artifacts')
  const [tree, setTree] = useState(false)
  const parsed = useMemo(() => parse(text), [text])
  const table = useMemo(() => ('value' in parsed ? tableFromJson(parsed.value) : null), [parsed])
  if ('error' in parsed)
    return (
      <EmptyState title={t('jsonBroken')}>
        <p>{parsed.error}</p>
        <p>{t('jsonBrokenDetail')}</p>
      </EmptyState>
    )
  if (!table) return <JsonView value={parsed.value} title={title} />
  return (
    <>
      <div className="sheet-kind">
        <Segments
          size="s"
          label={t('mode')}
          value={tree ? 'tree' : 'table'}
          onChange={(value) => setTree(value === 'tree')}
          options={[
            { value: 'table', label: t('jsonTable') },
            { value: 'tree', label: t('jsonTree') },
          ]}
        />
      </div>
      {tree ? <JsonView value={parsed.value} title={title} /> : <TableView table={table} title={title} />}
    </>
  )
}

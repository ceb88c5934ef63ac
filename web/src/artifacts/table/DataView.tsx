import { type ReactNode, useMemo } from 'react'
import { tableFromCsv } from '../data/table'
import TableView from './TableView'

export default function DataView({ text, title }: { text: string; title: string }): ReactNode {
  const table = useMemo(() => tableFromCsv(text), [text])
  return <TableView table={table} title={title} />
}

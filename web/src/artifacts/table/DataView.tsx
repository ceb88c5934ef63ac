import { type ReactNode, useMemo } from 'react'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import type { Source } from '../sheet/messages'
import { useSheet } from '../sheet/useSheet'
import TableView from './TableView'

export default function DataView({ text, title }: { text: string; title: string }): ReactNode {
  const t = useT('artifacts')
  const source = useMemo((): Source => ({ format: 'csv', text }), [text])
  const opening = useSheet(source)
  if (opening.is === 'broken')
    return (
      <EmptyState title={t('tableEmpty')}>
        <p>{opening.why}</p>
      </EmptyState>
    )
  return <TableView opening={opening} title={title} />
}

import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { listQuery } from '@/workspace/api/queries'
import type { Memory } from '../api/types'
import { useWhose } from '../whose'
import { Author } from './Author'
import { SourceLink } from './SourceLink'

/** Kinds of sources of what was only said: of what is shared it matters who said it, not where. */
const spoken = new Set(['person', 'chat', 'agent'])

/** Where a memory comes from; of a shared one who said it, and in which workspace when others are shown beside it. */
export function Said({ memory }: { memory: Memory }): ReactNode {
  const t = useT('memory')
  const isHere = useWhose().id !== undefined
  const workspaces = useQuery(listQuery).data ?? []
  if (memory.author === null) return <SourceLink source={memory.source} documentId={memory.document_id} />
  return (
    <>
      {!spoken.has(memory.source.type) && <SourceLink source={memory.source} documentId={memory.document_id} />}
      <Author author={memory.author} />
      {!isHere && <span className="tag">{workspaces.find(({ id }) => id === memory.workspace)?.name ?? t('ofWorkspace')}</span>}
    </>
  )
}

import { useState, type ReactNode } from 'react'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { ago, bytes, dateTime } from '@/lib/format'
import { Link } from '@/lib/router'
import { confirm, IconButton, toast, toastError } from '@/ui'
import { documents } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { MemoryDocument } from '../api/types'
import { useWhose } from '../whose'
import { Author } from '../parts/Author'
import { FileType } from '../parts/FileType'

/** Documents in lines: each leads to its chunks. */
export function DocumentRows({ items }: { items: readonly MemoryDocument[] }): ReactNode {
  const t = useT('memory')
  return (
    <div className="doc-rows" role="table" aria-label={t('documents')}>
      <div className="doc-row doc-row-head" role="row">
        {(['name', 'type', 'size', 'chunksHead', 'added'] as const).map((name) => <span key={name} role="columnheader" className={name === 'size' || name === 'chunksHead' ? 'end' : undefined}>{t(name)}</span>)}
        <span role="columnheader"><span className="sr-only">{t('actions')}</span></span>
      </div>
      {items.map((item) => <Row key={item.id} item={item} />)}
    </div>
  )
}

function Row({ item }: { item: MemoryDocument }): ReactNode {
  const t = useT('memory')
  return (
    <div className="doc-row" role="row">
      <span role="cell" className="doc-name"><Link to={`/memory/documents/${item.id}`} className="cut">{item.name}</Link>{item.author && <Author author={item.author} />}{item.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}{item.error && <span className="tiny tone-bad cut">{item.error.detail}</span>}</span>
      <span role="cell" className="muted cut doc-type"><FileType type={item.type} /></span>
      <span role="cell" className="end tabular muted doc-size">{bytes(item.bytes)}</span>
      <span role="cell" className="end tabular muted">{item.chunks}<span className="sr-only"> {t('chunksHead')}</span></span>
      <span role="cell" className="muted nowrap" title={dateTime(item.created_at)}>{ago(item.created_at)}</span>
      <span role="cell" className="end">{useWhose().mayWrite && <Remove item={item} />}</span>
    </div>
  )
}

/** Forgets a document with everything that was read from it, when the person means it. */
export function Remove({ item, onGone }: { item: Pick<MemoryDocument, 'id' | 'name'>; onGone?: () => void }): ReactNode {
  const t = useT('memory')
  const refresh = useRefresh()
  const [isBusy, setBusy] = useState(false)
  const remove = async () => {
    if (!(await confirm({ title: t('forgetDocument', { name: item.name }), detail: t('forgetDocumentDetail'), action: t('forget'), danger: true }))) return
    setBusy(true)
    try {
      await documents.remove(item.id)
      onGone?.()
      await refresh(keys.documents, keys.stats, keys.lists, keys.search, keys.graph)
      toast({ tone: 'ok', title: t('documentForgotten') })
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  return <IconButton size="s" className="doc-act" label={t('forgetIt', { name: item.name })} disabled={isBusy} icon={<Trash2 size={14} />} onClick={() => void remove()} />
}

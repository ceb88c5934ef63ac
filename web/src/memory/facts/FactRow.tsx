import { useState, type ReactNode } from 'react'
import Lock from 'lucide-react/icons/lock'
import Pencil from 'lucide-react/icons/pencil'
import Trash2 from 'lucide-react/icons/trash-2'
import { AgentName } from '@/admin/parts/AgentName'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { confirm, IconButton, toast, toastError } from '@/ui'
import { memories } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Memory } from '../api/types'
import { Said } from '../parts/Said'
import { useWhose } from '../whose'
import { FactEditor } from './FactEditor'

/** One memory, with what is known of it; mended where it stands. */
export function FactRow({ memory }: { memory: Memory }): ReactNode {
  const t = useT('memory')
  const refresh = useRefresh()
  const { mayWrite } = useWhose()
  const [isEdited, setEdited] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const renew = () => refresh(keys.lists, keys.stats, keys.search)
  const forget = async () => {
    if (!(await confirm({ title: t('forgetThis'), detail: memory.text, action: t('forget'), danger: true }))) return
    setBusy(true)
    try {
      await memories.remove(memory.id)
      await renew()
      toast({ tone: 'ok', title: t('forgotten', { n: 1 }) })
    } catch (error) { toastError(error); setBusy(false) }
  }
  if (isEdited) return <li className="fact"><FactEditor memory={memory} onDone={(saved) => { setEdited(false); if (saved) void renew() }} /></li>
  return (
    <li className="fact" aria-busy={isBusy || undefined}>
      <div className="fact-main">
        <p className="fact-text">{memory.text}</p>
        <div className="fact-meta">
          <Said memory={memory} />
          {memory.agent !== null && <AgentName name={memory.agent} />}
          {!memory.shared && <span className="tag"><Lock size={11} aria-hidden />{t('notShared')}</span>}
          {memory.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}
          {memory.confidence !== null && memory.confidence < 1 && <span className="faint">{t('confidence', { n: Math.round(memory.confidence * 100) })}</span>}
          {memory.valid_until !== null && <span className={new Date(memory.valid_until) < new Date() ? 'tone-warn' : 'faint'}>{t('until', { day: dateTime(memory.valid_until).split(',')[0] ?? '' })}</span>}
          <span className="faint" title={dateTime(memory.updated_at)}>{ago(memory.updated_at)}</span>
          {memory.uses > 0 && <span className="faint">{t('uses', { n: memory.uses })}</span>}
          {!memory.indexed && <span className="tone-warn">{t('notIndexed')}</span>}
        </div>
      </div>
      {mayWrite && (
        <div className="fact-row-acts">
          <IconButton size="s" label={t('edit')} icon={<Pencil size={14} />} onClick={() => setEdited(true)} />
          <IconButton size="s" label={t('forget')} icon={<Trash2 size={14} />} disabled={isBusy} onClick={() => void forget()} />
        </div>
      )}
    </li>
  )
}

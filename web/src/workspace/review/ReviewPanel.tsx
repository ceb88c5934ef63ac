import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Bot from 'lucide-react/icons/bot'
import Check from 'lucide-react/icons/check'
import Undo2 from 'lucide-react/icons/undo-2'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { AgentName } from '@/admin/parts/AgentName'
import { Button, confirm, EmptyState, IconButton } from '@/ui'
import { changesQuery } from '../api/queries'
import type { Change } from '../api/types'
import { useDesk } from '../open/context'
import { nameOf, folderOf } from '../open/text'
import { Counted } from '../git/Counted'
import { FileIcon } from '../tree/FileIcon'
import { counts } from './count'
import { useJudge } from './useJudge'
import '../git/git.css'

/** What agents changed and nobody has looked at yet, by agent. */
export default function ReviewPanel(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const query = useQuery(changesQuery(desk.id))
  return (
    <Loaded query={query}>
      {(items) => (items.length === 0 ? <EmptyState icon={<Bot size={20} />} title={t('noEdits')}><p>{t('noEditsText')}</p></EmptyState> : <Edits items={items} />)}
    </Loaded>
  )
}

function Edits({ items }: { items: Change[] }): ReactNode {
  const t = useT('workspaces')
  const { canWrite } = useDesk()
  const { isBusy, judge } = useJudge()
  const agents = [...new Set(items.map(({ agent }) => agent))]
  const all = async (verdict: 'accept' | 'revert') => {
    const able = verdict === 'revert' ? items.filter((item) => item.revertible) : items
    if (verdict === 'revert' && !(await confirm({ title: t('revertAllTitle', { n: able.length }), detail: t('revertAllText'), action: t('revertAll'), danger: true }))) return
    for (const change of able) await judge(verdict, change)
  }
  return (
    <>
      {canWrite && <div className="ws-git-head"><span className="grow tiny muted">{t('editedFiles', { n: items.length })}</span><Button size="s" disabled={isBusy} onClick={() => void all('revert')}>{t('revertAll')}</Button><Button size="s" variant="primary" disabled={isBusy} onClick={() => void all('accept')}>{t('keepAll')}</Button></div>}
      <div className="ws-changes-scroll">
        {agents.map((agent) => (
          <section key={agent} aria-label={agent}>
            <div className="ws-group-head small"><AgentName name={agent} /></div>
            <ul className="ws-changes-list" aria-label={agent}>{items.filter((item) => item.agent === agent).map((change) => <EditedFile key={change.path} change={change} isBusy={isBusy} judge={judge} />)}</ul>
          </section>
        ))}
      </div>
    </>
  )
}

function EditedFile({ change, isBusy, judge }: { change: Change; isBusy: boolean; judge: ReturnType<typeof useJudge>['judge'] }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const name = nameOf(change.path)
  return (
    <li className="ws-change">
      <button type="button" className="ws-change-open" title={change.path} onClick={() => desk.open({ kind: 'review', path: change.path })}>
        <FileIcon name={name} size={14} /><span className={change.kind === 'deleted' ? 'ws-change-gone cut' : 'cut'}>{name}</span><span className="cut grow tiny muted">{folderOf(change.path)}</span><Counted {...counts(change.hunks)} />
      </button>
      {canWrite && <><IconButton size="s" disabled={isBusy || !change.revertible} label={t('revertOf', { name })} icon={<Undo2 size={14} />} onClick={() => void judge('revert', change)} /><IconButton size="s" disabled={isBusy} label={t('keepOf', { name })} icon={<Check size={14} />} onClick={() => void judge('accept', change)} /></>}
    </li>
  )
}

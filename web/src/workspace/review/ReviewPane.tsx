import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Check from 'lucide-react/icons/check'
import CircleCheck from 'lucide-react/icons/circle-check'
import Undo2 from 'lucide-react/icons/undo-2'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { AgentName } from '@/admin/parts/AgentName'
import { ago, bytes } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, Button, EmptyState } from '@/ui'
import { changesQuery } from '../api/queries'
import type { Change } from '../api/types'
import { Counted } from '../git/Counted'
import { HunkView } from '../git/HunkView'
import { useDesk } from '../open/context'
import { nameOf } from '../open/text'
import { counts } from './count'
import { useJudge } from './useJudge'
import '../git/git.css'

/** What an agent changed in one file, kept or taken back hunk by hunk. */
export default function ReviewPane({ path }: { path: string }): ReactNode {
  const { desk } = useDesk()
  const query = useQuery(changesQuery(desk.id))
  return (
    <Loaded query={query}>
      {(items) => {
        const change = items.find((item) => item.path === path)
        return change ? <Hunks change={change} /> : <Done path={path} next={items[0]} />
      }}
    </Loaded>
  )
}

/** Nothing is left to decide here; perhaps elsewhere. */
function Done({ path, next }: { path: string; next: Change | undefined }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const close = () => desk.close(`review:${path}`)
  const goOn = () => { if (next) { close(); desk.open({ kind: 'review', path: next.path }) } }
  return (
    <EmptyState icon={<CircleCheck size={20} />} title={t('reviewed', { name: nameOf(path) })} actions={next ? <Button variant="primary" onClick={goOn}>{t('nextFile', { name: nameOf(next.path) })}</Button> : <Button onClick={close}>{t('closeTab', { name: nameOf(path) })}</Button>}>
      <p>{t(next ? 'reviewGoesOn' : 'reviewOver')}</p>
    </EmptyState>
  )
}

function Hunks({ change }: { change: Change }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const { isBusy, judge } = useJudge()
  const { path, hunks, kind } = change
  return (
    <div className="ws-diff">
      <header className="ws-diff-head">
        <AgentName name={change.agent} />
        <span className="muted tiny">{ago(change.changed_at)}</span>
        {change.chat_id !== null && <Link to="/chat/$chatId" params={{ chatId: change.chat_id }} className="tiny">{t('inChat')}</Link>}
        {kind !== 'changed' && <Badge tone={kind === 'added' ? 'ok' : 'bad'}>{t(`kind_${kind}`)}</Badge>}
        <Counted {...counts(hunks)} />
        <span className="grow" />
        {kind !== 'deleted' && <Button size="s" variant="ghost" onClick={() => desk.open({ kind: 'file', path })}>{t('openFile')}</Button>}
        {canWrite && <><Button size="s" disabled={isBusy || !change.revertible} icon={<Undo2 size={14} />} onClick={() => void judge('revert', change)}>{t('revertFile')}</Button><Button size="s" variant="primary" disabled={isBusy} icon={<Check size={14} />} onClick={() => void judge('accept', change)}>{t('keepFile')}</Button></>}
      </header>
      <div className="ws-diff-body">
        {change.binary && <p className="ws-none small muted">{t('binaryChanged')}</p>}
        {change.too_large && <p className="ws-none small muted">{t('tooLargeChanged', { was: bytes(change.old_size ?? 0), now: bytes(change.new_size ?? 0) })}</p>}
        {!change.revertible && <p className="ws-none small muted">{t('notKept')}</p>}
        {hunks.map((hunk, index) => (
          <HunkView key={hunk.id} hunk={hunk} label={t('hunkOf', { n: index + 1, of: hunks.length })}>
            {canWrite && <><Button size="s" variant="ghost" disabled={isBusy} onClick={() => void judge('revert', change, [hunk.id])}>{t('revert')}</Button><Button size="s" className="tone-ok" disabled={isBusy} onClick={() => void judge('accept', change, [hunk.id])}>{t('keep')}</Button></>}
          </HunkView>
        ))}
      </div>
    </div>
  )
}

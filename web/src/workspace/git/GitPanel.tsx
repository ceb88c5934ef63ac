import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Check from 'lucide-react/icons/check'
import GitBranch from 'lucide-react/icons/git-branch'
import Minus from 'lucide-react/icons/minus'
import Plus from 'lucide-react/icons/plus'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import Undo2 from 'lucide-react/icons/undo-2'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { Button, confirm, EmptyState, IconButton, Textarea, toast, toastError } from '@/ui'
import { git, type GitAct } from '../api/calls'
import { keys, statusQuery, useRefresh } from '../api/queries'
import type { GitStatus } from '../api/types'
import { useDesk } from '../open/context'
import { nameOf } from '../open/text'
import { BranchMenu } from './BranchMenu'
import { ChangeList } from './ChangeList'
import { groups } from './files'
import { Log } from './Log'
import './git.css'

/** What changed since the last commit, and the way into the next one. */
export default function GitPanel(): ReactNode {
  const { desk } = useDesk()
  const query = useQuery(statusQuery(desk.id))
  return <Loaded query={query}>{(status) => (status.is_repository ? <Repository status={status} /> : <NoRepository />)}</Loaded>
}

function NoRepository(): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const refresh = useRefresh()
  const begin = () => git.init(desk.id).then(() => refresh(keys.all(desk.id)), toastError)
  return <EmptyState icon={<GitBranch size={20} />} title={t('noRepository')} actions={canWrite && <Button variant="primary" onClick={() => void begin()}>{t('initRepository')}</Button>}><p>{t('noRepositoryText')}</p></EmptyState>
}

function Repository({ status }: { status: GitStatus }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const refresh = useRefresh()
  const { staged, changed } = groups(status)
  const renew = () => refresh(keys.git(desk.id), keys.trees(desk.id))
  const act = async (name: GitAct, paths: string[]) => {
    try { await git.act(desk.id, name, paths) } catch (error) { toastError(error) }
    await renew()
  }
  const discard = async (paths: string[]) => {
    const names = paths.map(nameOf).join(', ')
    if (await confirm({ title: t('discardTitle', { n: paths.length }), detail: t('discardText', { names }), action: t('discard'), danger: true })) await act('discard', paths)
  }
  const paths = (files: { path: string }[]) => files.map(({ path }) => path)
  return (
    <>
      <div className="ws-git-head">
        <BranchMenu status={status} />
        <span className="tiny muted grow">{[status.ahead > 0 ? `↑${status.ahead}` : '', status.behind > 0 ? `↓${status.behind}` : ''].join(' ')}</span>
        <IconButton size="s" label={t('refresh')} icon={<RefreshCw size={14} />} onClick={() => void renew()} />
      </div>
      {canWrite && <CommitBox staged={staged.length} changed={changed.length} onDone={renew} />}
      <div className="ws-changes-scroll">
        {staged.length > 0 && (
          <ChangeList title={t('staged')} files={staged} staged acts={canWrite ? [{ label: (name) => t('unstageOf', { name }), icon: <Minus size={14} />, run: (file) => void act('unstage', [file]) }] : []}>
            {canWrite && <IconButton size="s" label={t('unstageAll')} icon={<Minus size={14} />} onClick={() => void act('unstage', paths(staged))} />}
          </ChangeList>
        )}
        <ChangeList
          title={t('changed')} files={changed} staged={false}
          acts={canWrite ? [{ label: (name) => t('discardOf', { name }), icon: <Undo2 size={14} />, run: (file) => void discard([file]) }, { label: (name) => t('stageOf', { name }), icon: <Plus size={14} />, run: (file) => void act('stage', [file]) }] : []}
        >
          {canWrite && changed.length > 0 && <><IconButton size="s" label={t('discardAll')} icon={<Undo2 size={14} />} onClick={() => void discard(paths(changed))} /><IconButton size="s" label={t('stageAll')} icon={<Plus size={14} />} onClick={() => void act('stage', paths(changed))} /></>}
        </ChangeList>
        {status.files.length === 0 && <p className="ws-note small muted">{t('nothingChanged')}</p>}
        <Log />
      </div>
    </>
  )
}

function CommitBox({ staged, changed, onDone }: { staged: number; changed: number; onDone: () => Promise<void> }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const [message, setMessage] = useState('')
  const [isBusy, setBusy] = useState(false)
  const takesAll = staged === 0
  const commit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      if (takesAll) await git.act(desk.id, 'stage', [])
      const { short, subject } = await git.commit(desk.id, message.trim())
      setMessage('')
      toast({ tone: 'ok', title: t('committed', { short }), detail: subject })
    } catch (error) { toastError(error) } finally { setBusy(false); await onDone() }
  }
  return (
    <form className="ws-commit" onSubmit={(event) => void commit(event)}>
      <Textarea aria-label={t('commitMessage')} placeholder={t('commitMessage')} rows={2} value={message} onChange={(event) => setMessage(event.target.value)} onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit() }} />
      <Button type="submit" size="s" variant="primary" loading={isBusy} disabled={message.trim() === '' || staged + changed === 0} icon={<Check size={14} />}>{takesAll ? t('commitAll') : t('commitStaged', { n: staged })}</Button>
    </form>
  )
}

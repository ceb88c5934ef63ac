import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ChevronDown from 'lucide-react/icons/chevron-down'
import GitBranch from 'lucide-react/icons/git-branch'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { Button, Dialog, Field, Input, Menu, toastError, type MenuEntry } from '@/ui'
import { git } from '../api/calls'
import { branchesQuery, keys, useRefresh } from '../api/queries'
import type { GitStatus } from '../api/types'
import { useDesk } from '../open/context'

const formId = 'new-branch'

/** The present branch, and the way to another. */
export function BranchMenu({ status }: { status: GitStatus }): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const refresh = useRefresh()
  const [isNew, setNew] = useState(false)
  const branches = useQuery(branchesQuery(desk.id)).data?.branches ?? []
  const go = async (branch: string, create: boolean) => {
    try { await git.checkout(desk.id, branch, create) } catch (error) { toastError(error) }
    await refresh(keys.all(desk.id))
  }
  const items: MenuEntry[] = [
    ...branches.filter(({ remote }) => !remote).map(({ name }) => ({ id: name, label: name, checked: name === status.branch, disabled: !canWrite, onSelect: () => void go(name, false) })),
    ...(canWrite ? [{ id: 'line', line: true as const }, { id: 'new', label: t('newBranch'), icon: <Plus size={14} />, onSelect: () => setNew(true) }] : []),
  ]
  return (
    <>
      <Menu label={t('branches')} items={items} trigger={(props) => <button type="button" className="ws-branch" {...props}><GitBranch size={14} aria-hidden /><span className="cut">{status.branch ?? status.head?.slice(0, 8) ?? t('noBranch')}</span><ChevronDown size={13} aria-hidden /></button>} />
      {isNew && <NewBranch onClose={() => setNew(false)} onName={(name) => { setNew(false); void go(name, true) }} />}
    </>
  )
}

function NewBranch({ onName, onClose }: { onName: (name: string) => void; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const [name, setName] = useState('')
  const make = (event: FormEvent) => { event.preventDefault(); if (name.trim() !== '') onName(name.trim()) }
  return (
    <Dialog open size="s" title={t('newBranch')} onClose={onClose} footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form={formId} disabled={name.trim() === ''}>{t('create')}</Button></>}>
      <form id={formId} onSubmit={make}><Field label={t('name')}>{(control) => <Input {...control} value={name} spellCheck={false} onChange={(event) => setName(event.target.value)} />}</Field></form>
    </Dialog>
  )
}

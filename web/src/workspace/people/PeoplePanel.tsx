import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import UserMinus from 'lucide-react/icons/user-minus'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { useSession } from '@/lib/session'
import { Button, confirm, Field, IconButton, Input, Select, toastError } from '@/ui'
import { members } from '../api/calls'
import { keys, membersQuery, useRefresh } from '../api/queries'
import type { Member, Role } from '../api/types'
import { useDesk } from '../open/context'
import './people.css'

const roles: readonly Role[] = ['editor', 'viewer']

/** Who works here, and what they may do. */
export default function PeoplePanel(): ReactNode {
  const t = useT('workspaces')
  const { desk, workspace } = useDesk()
  const query = useQuery(membersQuery(desk.id))
  const isOwner = workspace.role === 'owner'
  return (
    <div className="ws-panel">
      {isOwner ? <AddMember /> : <p className="small muted">{t('ownedBy', { name: workspace.owner.full_name })}</p>}
      <Loaded query={query}>{(items) => <ul className="ws-members" aria-label={t('side_people')}>{items.map((member) => <MemberRow key={member.user_id} member={member} isOwner={isOwner} />)}</ul>}</Loaded>
    </div>
  )
}

function useRoles(): { value: string; label: string }[] {
  const t = useT('workspaces')
  return roles.map((role) => ({ value: role, label: t(`role_${role}`) }))
}

function AddMember(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const refresh = useRefresh()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('editor')
  const [isBusy, setBusy] = useState(false)
  const add = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await members.add(desk.id, email.trim(), role)
      setEmail('')
      await refresh(keys.members(desk.id))
    } catch (error) { toastError(error) } finally { setBusy(false) }
  }
  return (
    <form className="ws-add-member" onSubmit={(event) => void add(event)}>
      <Field label={t('addMember')} hint={t('addMemberHint')}>{(control) => <Input {...control} type="email" required placeholder="name@example.org" value={email} onChange={(event) => setEmail(event.target.value)} />}</Field>
      <div className="row"><Select aria-label={t('role')} value={role} onChange={(value) => setRole(value as Role)} options={useRoles()} /><Button type="submit" variant="primary" loading={isBusy} disabled={email.trim() === ''}>{t('add')}</Button></div>
    </form>
  )
}

function MemberRow({ member, isOwner }: { member: Member; isOwner: boolean }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const refresh = useRefresh()
  const options = useRoles()
  const me = useSession((state) => state.user?.id)
  const act = async (run: () => Promise<unknown>) => {
    try { await run() } catch (error) { toastError(error) }
    await refresh(keys.members(desk.id))
  }
  const remove = async () => {
    if (await confirm({ title: t('removeMember', { name: member.full_name }), detail: t('removeMemberText'), action: t('remove'), danger: true })) await act(() => members.remove(desk.id, member.user_id))
  }
  const canChange = isOwner && member.role !== 'owner'
  return (
    <li className="ws-member">
      <span className="ws-face" aria-hidden="true">{member.full_name.slice(0, 1).toUpperCase()}</span>
      <span className="ws-member-name"><b className="small cut" title={member.full_name}>{member.full_name}{member.user_id === me && ` (${t('you')})`}</b><span className="tiny muted cut">{member.email}</span></span>
      {canChange ? <Select className="ws-role" aria-label={t('roleOf', { name: member.full_name })} value={member.role} onChange={(role) => void act(() => members.change(desk.id, member.user_id, role as Role))} options={options} /> : <span className="tiny muted">{t(`role_${member.role}`)}</span>}
      {canChange && <IconButton size="s" label={t('removeOf', { name: member.full_name })} icon={<UserMinus size={14} />} onClick={() => void remove()} />}
    </li>
  )
}

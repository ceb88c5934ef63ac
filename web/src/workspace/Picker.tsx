import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import FolderCode from 'lucide-react/icons/folder-code'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import { Menu, type MenuEntry } from '@/ui'
import { listQuery } from './api/queries'

/** Where a new chat's agents work: a folder of their own, or a workspace. */
export default function Picker({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }): ReactNode {
  const t = useT('workspaces')
  const items = (useQuery(listQuery).data ?? []).filter(({ role }) => role !== 'viewer')
  const chosen = items.find(({ id }) => id === value)
  const entries: MenuEntry[] = [
    { id: 'none', label: t('ownFolder'), checked: value === null, onSelect: () => onChange(null) },
    ...items.map(({ id, name }) => ({ id, label: name, checked: id === value, onSelect: () => onChange(id) })),
    { id: 'line', line: true },
    { id: 'new', label: t('allWorkspaces'), icon: <Plus size={14} />, onSelect: () => void navigate({ to: '/workspaces' }) },
  ]
  return <Menu label={t('workIn')} side="above" items={entries} trigger={(props) => <button type="button" className="quiet" aria-label={`${t('workIn')}: ${chosen?.name ?? t('workspace')}`} {...props}><FolderCode size={14} aria-hidden /><span className={chosen ? 'cut' : 'wide-only'}>{chosen?.name ?? t('workspace')}</span></button>} />
}

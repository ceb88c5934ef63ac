import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import type { MenuEntry } from '@/ui'
import { listQuery } from '../api/queries'

/** The entries of a menu that says where agents work: a folder of the chat's own, or a workspace one may write in. */
export function useChoices(value: string | null, onChange: (id: string | null) => void): { name: string | null; entries: MenuEntry[]; isKnown: boolean } {
  const t = useT('workspaces')
  const { data: all = [], isSuccess } = useQuery(listQuery)
  const entries: MenuEntry[] = [
    { id: 'none', label: t('ownFolder'), checked: value === null, onSelect: () => onChange(null) },
    ...all.filter(({ role }) => role !== 'viewer').map(({ id, name }) => ({ id, label: name, checked: id === value, onSelect: () => onChange(id) })),
    { id: 'line', line: true },
    { id: 'new', label: t('allWorkspaces'), icon: <Plus size={14} />, onSelect: () => void navigate({ to: '/workspaces' }) },
  ]
  return { name: all.find(({ id }) => id === value)?.name ?? null, entries, isKnown: isSuccess }
}

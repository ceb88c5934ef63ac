import type { ReactNode } from 'react'
import FolderCode from 'lucide-react/icons/folder-code'
import { useT } from '@/i18n'
import { Menu } from '@/ui'
import { useChoices } from './useChoices'

/** Where a new chat's agents work: a folder of their own, or a workspace. */
export default function Picker({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }): ReactNode {
  const t = useT('workspaces')
  const { name, entries } = useChoices(value, onChange)
  return <Menu label={t('workIn')} side="above" items={entries} trigger={(props) => <button type="button" className="quiet" aria-label={`${t('workIn')}: ${name ?? t('workspace')}`} {...props}><FolderCode size={14} aria-hidden /><span className={name ? 'cut' : 'wide-only'}>{name ?? t('workspace')}</span></button>} />
}

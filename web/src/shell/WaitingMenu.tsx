import { useNavigate } from '@/lib/router'
import Hand from 'lucide-react/icons/hand'
import { useT } from '@/i18n'
import { useApprovals } from '@/lib/queries'
import { IconButton, Menu, type MenuEntry } from '@/ui'

/** Decisions that wait for the person, each leading to where it was asked. */
export function WaitingMenu() {
  const t = useT('shell')
  const navigate = useNavigate()
  const waiting = useApprovals().data ?? []
  const label = t('waiting', { n: waiting.length })
  const items: MenuEntry[] = [
    { id: 'head', heading: label },
    ...waiting.slice(0, 12).map((approval) => ({
      id: approval.id, label: `${approval.agent || approval.app}: ${approval.question ?? approval.tool}`,
      onSelect: () => void navigate(approval.app === null && approval.chat_id !== '' ? { to: '/chat/$chatId', params: { chatId: approval.chat_id } } : { to: '/tools/approvals' }),
    })),
    { id: 'line', line: true },
    { id: 'inbox', label: t('inbox'), onSelect: () => void navigate({ to: '/tools/approvals' }) },
  ]
  return (
    <span className="with-count">
      <Menu label={label} items={items} trigger={(props) => <IconButton label={label} icon={<Hand size={18} />} {...props} />} />
      {waiting.length > 0 && <span className="count" aria-hidden="true">{waiting.length}</span>}
    </span>
  )
}

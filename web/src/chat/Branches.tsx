import ChevronLeft from 'lucide-react/icons/chevron-left'
import ChevronRight from 'lucide-react/icons/chevron-right'
import { useT } from '@/i18n'
import type { Message } from '@/lib/types'
import { IconButton } from '@/ui'
import { useSend } from './useSend'

/** "‹ 1/2 ›": moves between the versions of an edited or regenerated message. */
export function Branches({ message }: { message: Message }) {
  const t = useT('chat')
  const { goTo } = useSend()
  const { siblings } = message
  const here = siblings.indexOf(message.id)
  if (siblings.length < 2 || here < 0) return null
  const go = (to: number) => { const id = siblings[to]; if (id !== undefined) void goTo(id) }
  return (
    <span className="branches" role="group" aria-label={t('branch', { n: here + 1, total: siblings.length })}>
      <IconButton size="s" label={t('previousBranch')} disabled={here === 0} icon={<ChevronLeft size={14} />} onClick={() => go(here - 1)} />
      <span className="tabular">{here + 1}/{siblings.length}</span>
      <IconButton size="s" label={t('nextBranch')} disabled={here === siblings.length - 1} icon={<ChevronRight size={14} />} onClick={() => go(here + 1)} />
    </span>
  )
}

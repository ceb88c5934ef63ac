import { lazy, Suspense, useState } from 'react'
import ChevronLeft from 'lucide-react/icons/chevron-left'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Columns from 'lucide-react/icons/columns-2'
import { useT } from '@/i18n'
import type { Message } from '@/lib/types'
import { IconButton } from '@/ui'
import { useSend } from './useSend'

const Compare = lazy(() => import('./compare/Compare'))

/** "‹ 1/2 ›": moves between the versions of an edited or regenerated message. */
export function Branches({ message }: { message: Message }) {
  const t = useT('chat')
  const { goTo } = useSend()
  const [comparing, setComparing] = useState(false)
  const { siblings } = message
  const here = siblings.indexOf(message.id)
  if (siblings.length < 2 || here < 0) return null
  const go = (to: number) => { const id = siblings[to]; if (id !== undefined) void goTo(id) }
  return (
    <span className="branches" role="group" aria-label={t('branch', { n: here + 1, total: siblings.length })}>
      <IconButton size="s" label={t('previousBranch')} disabled={here === 0} icon={<ChevronLeft size={14} />} onClick={() => go(here - 1)} />
      <span className="tabular">{here + 1}/{siblings.length}</span>
      <IconButton size="s" label={t('nextBranch')} disabled={here === siblings.length - 1} icon={<ChevronRight size={14} />} onClick={() => go(here + 1)} />
      <IconButton size="s" label={t('compare')} icon={<Columns size={14} />} onClick={() => setComparing(true)} />
      {comparing && <Suspense><Compare message={message} onClose={() => setComparing(false)} onUse={(id) => { setComparing(false); void goTo(id) }} /></Suspense>}
    </span>
  )
}

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import type { Message, MessagePage } from '@/lib/types'
import { Dialog, ErrorState, Spinner } from '@/ui'
import { branchFrom, pairs } from './branch'
import { PairView } from './PairView'
import { SideHead } from './SideHead'
import './compare.css'

interface CompareProps { message: Message; onClose: () => void; onUse: (id: string) => void }

const page_size = 200

/** Two versions of a message and what followed each, side by side, with what differs marked. */
export default function Compare({ message, onClose, onUse }: CompareProps) {
  const t = useT('chat')
  const { siblings, chat_id } = message
  const here = siblings.indexOf(message.id)
  const [chosen, setChosen] = useState({ left: siblings[here === 0 ? 0 : here - 1] ?? message.id, right: siblings[here === 0 ? 1 : here] ?? message.id })
  const [left, right] = [useBranch(chat_id, chosen.left), useBranch(chat_id, chosen.right)]
  const failed = left.error ?? right.error
  const versionOf = (id: string) => t('version', { n: siblings.indexOf(id) + 1 })
  const versions: [string, string] = [versionOf(chosen.left), versionOf(chosen.right)]
  const side = (name: 'left' | 'right') => (
    <SideHead side={name} siblings={siblings} chosen={chosen[name]} shown={message.id} onChoose={(id) => setChosen({ ...chosen, [name]: id })} onUse={onUse} />
  )
  return (
    <Dialog open onClose={onClose} title={t('compareTitle')} size="l" className="compare">
      <div className="compare-heads">{side('left')}{side('right')}</div>
      {failed && <ErrorState error={failed} onRetry={() => { void left.refetch(); void right.refetch() }} />}
      {!failed && (!left.data || !right.data) && <div className="centre"><Spinner label={t('running')} /></div>}
      {left.data && right.data && pairs(left.data, right.data).map((pair) => <PairView key={`${pair.left?.id} ${pair.right?.id}`} {...pair} versions={versions} />)}
    </Dialog>
  )
}

/** The branch through a message, from it on; reading it does not switch to it. */
function useBranch(chatId: string, id: string) {
  return useQuery({
    queryKey: ['branch', chatId, id],
    queryFn: ({ signal }) => api.get<MessagePage>(`/my/chat/${chatId}/messages`, { through: id, limit: page_size }, { signal }),
    select: ({ items }) => branchFrom(items, id),
    staleTime: 0,
  })
}

import { useQuery } from '@tanstack/react-query'
import Route from 'lucide-react/icons/route'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { number } from '@/lib/format'
import { keys, useAgents } from '@/lib/queries'
import type { Message, Page, Routed as Route_ } from '@/lib/types'
import { Menu } from '@/ui'
import { useChat } from '../context'
import { isLive } from '../fold'
import { useSend } from '../useSend'

const most_runs = 100
interface RunRoute { id: string; routed: Route_ | null }

/** What the router took each turn of a chat for, by its run. */
function useRoutes(chatId: string) {
  return useQuery({
    queryKey: keys.routes(chatId),
    queryFn: async ({ signal }) => {
      const page = await api.get<Page<RunRoute>>('/my/runs', { session_id: chatId, limit: most_runs }, { signal })
      return Object.fromEntries(page.items.flatMap(({ id, routed }) => (routed ? [[id, routed]] : []))) as Record<string, Route_>
    },
    staleTime: Infinity,
  })
}

/** Why this agent answers: what the request was taken for and how surely, with a way to ask another. */
export default function Routed({ message }: { message: Message }) {
  const t = useT('chat')
  const { store } = useChat()
  const { sendElsewhere } = useSend()
  const agents = useAgents().data ?? []
  const routed = useRoutes(store.id).data?.[message.run_id ?? '']
  const asked = store.message(message.parent_id ?? '')
  // What the person chose was not for the router to decide.
  const isDecided = routed !== undefined && routed.confidence < 1
  if (!isDecided || !asked) return null
  const others = agents.filter(({ name, status }) => status === 'active' && name !== message.agent)
  const words = `${routed.handler === 'plan' ? routed.handler : message.agent} · ${number(routed.confidence, 2, 2)}`
  return (
    <Menu
      label={t('sendElsewhere')}
      items={[{ id: '', heading: t('sendElsewhere') }, ...others.map(({ id, name, hue }) => ({ id, label: name, icon: <span className="hue-dot" style={{ '--h': hue }} />, onSelect: () => void sendElsewhere(asked, name, isLive(message)) }))]}
      trigger={(props) => <button type="button" className="routed" data-tip={t('routedHint')} {...props}><Route size={12} aria-hidden /><span className="sr-only">{t('takenFor')} </span>{words}</button>}
    />
  )
}

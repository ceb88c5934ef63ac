import { useEffect, useState } from 'react'
import { useT } from '@/i18n'
import { duration, money } from '@/lib/format'
import type { Chat } from '@/lib/types'
import { Badge } from '@/ui'
import { ChatPlace } from '@/workspace/place/ChatPlace'
import { useChat, useList } from '../context'

/** What stands beside a chat's title: where its agents work, how many they are, and what they took. */
export default function HeaderFacts({ chat }: { chat: Chat }) {
  return <><ChatPlace chat={chat} /><Totals /></>
}

function Totals() {
  const t = useT('chat')
  const { store } = useChat()
  const { running } = useList(store)
  const [totals, setTotals] = useState(() => store.totals())
  useEffect(() => {
    setTotals(store.totals())
    return store.subscribeList(() => setTotals(store.totals()))
  }, [store, running])
  if (totals.agents.length === 0) return null
  const spent = [totals.cost_usd > 0 ? money(String(totals.cost_usd)) : null, totals.duration_ms > 0 ? duration(totals.duration_ms) : null].filter((fact) => fact !== null)
  return (
    <span className="talk-facts">
      <Badge>{t('agentsCount', { n: totals.agents.length })}</Badge>
      {spent.length > 0 && <Badge title={t('usage')}>{spent.join(' · ')}</Badge>}
    </span>
  )
}

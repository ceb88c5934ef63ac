import { useEffect, useState } from 'react'
import { useT } from '@/i18n'
import { useChat, useList, useMessage } from './context'

/** Tells screen readers who answers and when it is done; never the tokens themselves. */
export function Announcer() {
  const t = useT('chat')
  const { store } = useChat()
  const { order } = useList(store)
  const message = useMessage(order.at(-1) ?? '')
  const agent = message?.agent ?? ''
  const status = message?.role === 'assistant' ? message.status : null
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (status === 'streaming') setSaid(t('responding', { agent }))
    else if (status === 'paused') setSaid(t('rests', { agent }))
    else if (status === 'waiting') setSaid(t('asks', { agent }))
    else setSaid((before) => (before === '' || status === null ? before : t('finished', { agent })))
  }, [status, agent, t])
  return <div role="status" className="sr-only">{said}</div>
}

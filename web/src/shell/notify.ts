import { translator } from '@/i18n'
import type { TeamEvent } from '@/lib/events'
import { navigate } from '@/lib/router'
import { keys } from '@/lib/queries'
import { queryClient } from '@/lib/query'
import type { Preferences } from '@/lib/types'

/** Tells a person who looks elsewhere, by the system's own notices, if they allowed it and asked for it. */
export function notify(event: TeamEvent): void {
  if (!document.hidden || typeof Notification === 'undefined' || Notification.permission !== 'granted') return
  const wanted = queryClient.getQueryData<Preferences>(keys.preferences)?.notifications
  if (event.type === 'approval_requested' && wanted?.approvals) {
    const { approval } = event.data
    const at = approval.app === null ? `/chat/${event.session_id}` : '/tools/approvals'
    show(event.session_id, `${approval.agent}: ${approval.question ?? approval.tool}`, at)
  }
  const isEnd = event.type === 'message' && event.parent_run_id === null && event.data.message.role === 'assistant' && !['streaming', 'waiting', 'paused'].includes(event.data.message.status)
  if (isEnd && wanted?.runs) show(event.session_id, translator('shell')('answered', { agent: event.data.message.agent ?? '' }))
}

function show(tag: string, text: string, at = `/chat/${tag}`): void {
  const notice = new Notification('Entourage', { body: text, tag, icon: '/icon.svg' })
  notice.onclick = () => { window.focus(); void navigate({ to: at }); notice.close() }
}

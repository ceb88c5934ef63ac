import { useSyncExternalStore } from 'react'
import { accessToken, refresh } from './session'
import { TeamStream, type StreamStatus } from './stream'

let token: string | null = null

/** The page's one stream. */
export const live = new TeamStream({
  connect: (bearer) => {
    token = bearer
    return new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/stream`, ['entourage.v1', `bearer.${bearer}`])
  },
  token: accessToken,
  renewToken: () => refresh(token),
})

const hurry = () => live.hurry()
window.addEventListener('online', hurry)
document.addEventListener('visibilitychange', () => { if (!document.hidden) hurry() })

export function useStreamStatus(): StreamStatus {
  return useSyncExternalStore((listener) => live.listen({ event: () => undefined, covered: () => undefined, status: listener }), () => live.status)
}

import { create } from 'zustand'
import { ApiError, request } from './http'
import type { Tokens, User } from './types'

interface Session {
  /** `unknown` until the first refresh answered; `offline` when the server could not be asked. */
  status: 'unknown' | 'offline' | 'signed-out' | 'signed-in'
  user: User | null
}

interface Access { token: string; expires_at_ms: number; user: User }

export const useSession = create<Session>(() => ({ status: 'unknown', user: null }))

const early_ms = 60_000
let access: Access | null = null
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('entourage.session')

tabs?.addEventListener('message', (event: MessageEvent<Access | 'out'>) => {
  if (event.data === 'out') forget()
  else keep(event.data)
})

function keep(next: Access): void {
  access = next
  useSession.setState({ status: 'signed-in', user: next.user })
}

function forget(): void {
  access = null
  useSession.setState({ status: 'signed-out', user: null })
}

/** Takes fresh tokens after sign-in, registration, refresh or a new password. The access token lives in memory only. */
export function adopt(tokens: Tokens): Access {
  const next = { token: tokens.access_token, expires_at_ms: Date.now() + tokens.expires_in * 1000, user: tokens.user }
  keep(next)
  tabs?.postMessage(next)
  return next
}

/** A token good for a request now, or null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (access && access.expires_at_ms - early_ms > Date.now()) return access.token
  return refresh(access?.token ?? null)
}

let pending: Promise<string | null> | null = null

/** Gets a new access token by the refresh cookie; one tab at a time, since each refresh spends the cookie's token. */
export function refresh(stale: string | null): Promise<string | null> {
  pending ??= exclusively(() => refreshNow(stale)).finally(() => { pending = null })
  return pending
}

async function refreshNow(stale: string | null): Promise<string | null> {
  const alreadyFresh = access && access.token !== stale && access.expires_at_ms - early_ms > Date.now()
  if (alreadyFresh && access) return access.token
  const csrf = cookie('entourage_csrf')
  if (csrf === null) { forget(); return null }
  try {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf }
    const answer = await request('/api/v1/auth/refresh', { method: 'POST', headers, body: '{}' })
    return adopt(await answer.json() as Tokens).token
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) { forget(); return null }
    if (useSession.getState().status === 'unknown') useSession.setState({ status: 'offline' })
    throw error
  }
}

export async function signOut(): Promise<void> {
  const csrf = cookie('entourage_csrf')
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (csrf !== null) headers['x-csrf-token'] = csrf
  if (access) headers.authorization = `Bearer ${access.token}`
  await request('/api/v1/auth/logout', { method: 'POST', headers, body: '{}' }).catch(() => undefined)
  forget()
  tabs?.postMessage('out')
}

function exclusively<T>(work: () => Promise<T>): Promise<T> {
  // Locks exist in secure contexts only; over plain HTTP to another machine there is none to take.
  const locks = navigator.locks as LockManager | undefined
  return locks ? locks.request('entourage.refresh', work) as Promise<T> : work()
}

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return found === undefined ? null : decodeURIComponent(found.slice(name.length + 1))
}

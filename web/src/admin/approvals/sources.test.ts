import { expect, it } from 'vitest'
import type { Approval } from '@/lib/types'
import { canRemember, counted, placeOf } from './sources'

const of = (app: string | null, more: Partial<Approval> = {}) => ({ app, kind: 'approval', chat_id: '', session_id: null, ...more }) as Approval

it('counts what waits by where it came from', () => {
  expect(counted([of(null), of('mcp'), of('mcp'), of('claude-code')])).toEqual([{ source: 'mcp', n: 2 }, { source: 'claude-code', n: 1 }, { source: 'team', n: 1 }])
})

it('a yes to an outside agent is not kept as a grant, nor is an answer', () => {
  expect([of(null), of('mcp'), of('claude-code'), of(null, { kind: 'question' })].map(canRemember)).toEqual([true, true, false, false])
})

it('leads to the chat or the session, where there is one', () => {
  expect(placeOf(of(null, { chat_id: 'c' }))).toEqual({ to: '/chat/c', isSession: false })
  expect(placeOf(of('codex', { session_id: 'a/b' }))).toEqual({ to: '/observe/sessions/codex/a%2Fb', isSession: true })
  expect(placeOf(of('mcp', { session_id: 'tools:mcp' }))).toBeNull()
  expect(placeOf(of(null))).toBeNull()
})

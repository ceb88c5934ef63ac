import { describe, expect, test } from 'vitest'
import { emptyChat, fold, fromSnapshot, messageOf, place, withOlder, type ChatState } from '@/chat/fold'
import type { TeamEvent } from '@/lib/events'
import type { MessagePage } from '@/lib/types'
import { approval, Log, message, turn } from './history'

const foldAll = (events: readonly TeamEvent[], from: ChatState = emptyChat) => events.reduce(fold, from)
const shown = (state: ChatState) => state.order.map((id) => messageOf(state, id))
/** What the server would send for this state. */
const snapshot = (state: ChatState): MessagePage => ({ items: structuredClone(shown(state)).filter((item) => item !== undefined), has_more: false, seq: state.seq })

describe('a turn', () => {
  const events = turn()
  const whole = foldAll(events)

  test('reads as it was written', () => {
    const reply = messageOf(whole, 'm2')
    expect(whole.order).toEqual(['m1', 'm2'])
    expect(reply?.parts.map((part) => (part.type === 'tool_call' ? `${part.tool} ${part.status}` : 'text' in part ? part.text : '')))
      .toEqual(['let me see', 'I look 👀 first.', 'run_command ok', 'call_agent failed', 'Done.'])
    expect(reply?.parts[2]).toMatchObject({ args: { command: 'ls -l' }, result: 'a b', approval_id: 'a1' })
  })

  test('a called agent writes a message of its own, tied to the call and not in the list', () => {
    expect(messageOf(whole, 'm2')?.parts[3]).toMatchObject({ child: { run_id: 'r2', agent: 'researcher' } })
    expect(whole.childMessages.get('r2')).toBe('m3')
    expect(messageOf(whole, 'm3')?.parts).toEqual([{ type: 'text', text: 'found' }])
  })

  test('is the same when the stream breaks anywhere and events come again', () => {
    for (let cut = 0; cut <= events.length; cut++) {
      for (let back = 0; back <= Math.min(4, cut); back++) {
        expect(foldAll(events.slice(cut - back), foldAll(events.slice(0, cut)))).toEqual(whole)
      }
    }
  })

  test('is the same from a snapshot taken at any moment, whenever it arrives', () => {
    for (let cut = 2; cut <= events.length; cut++) {
      const from = fromSnapshot(snapshot(foldAll(events.slice(0, cut))))
      for (let seen = 0; seen <= cut; seen += 3) {
        const state = foldAll(events.slice(seen), from)
        expect(messageOf(state, 'm2')).toEqual(messageOf(whole, 'm2'))
        expect(state.order).toEqual(whole.order)
      }
    }
  })

  test('keeps the rows that did not change, so that they are not drawn again', () => {
    const before = foldAll(events.slice(0, 5))
    const after = fold(before, events[5] as TeamEvent)
    expect(messageOf(after, 'm1')).toBe(messageOf(before, 'm1'))
    expect(after.settled).toBe(before.settled)
    expect(messageOf(after, 'm2')?.parts[0]).toBe(messageOf(before, 'm2')?.parts[0])
  })
})

describe('deltas', () => {
  const live = foldAll(new Log().add('message', { message: message('m2', { status: 'streaming' }) }).events)
  const delta = (offset: number, text: string, part = 0, seq = 9) => ({ ...new Log(seq - 1).add('text_delta', { message_id: 'm2', part, offset, text }).events[0] as TeamEvent })

  test('a restart begins again at 0', () => {
    const state = foldAll([delta(0, 'half of a sen', 0, 2), delta(0, 'A whole', 0, 3), delta(7, ' one.', 0, 4)], live)
    expect(messageOf(state, 'm2')?.parts).toEqual([{ type: 'text', text: 'A whole one.' }])
  })

  test('a hole asks for the snapshot instead of guessing', () => {
    expect(fold(live, delta(5, 'x')).stale).toBe(true)
    expect(fold(live, delta(0, 'x', 2)).stale).toBe(true)
  })

  test('events of unknown kinds and of messages not shown change nothing', () => {
    const odd = { ...delta(0, 'x', 0, 5), type: 'dance' } as unknown as TeamEvent
    expect(fold(live, odd)).toEqual({ ...live, seq: 5 })
    const other = { ...delta(0, 'x', 0, 6) } as Extract<TeamEvent, { type: 'text_delta' }>
    expect(fold(live, { ...other, data: { ...other.data, message_id: 'elsewhere' } })).toEqual({ ...live, seq: 6 })
  })
})

describe('branches', () => {
  const base = fromSnapshot({ seq: 1, has_more: false, items: [message('u1', { role: 'user' }), message('a1', { parent_id: 'u1' }), message('u2', { role: 'user', parent_id: 'a1' }), message('a2', { parent_id: 'u2' })] })

  test('an edited message begins a branch where it stood', () => {
    const state = place(base, message('u2b', { role: 'user', parent_id: 'a1', siblings: ['u2', 'u2b'] }))
    expect(state.order).toEqual(['u1', 'a1', 'u2b'])
  })

  test('a regenerated answer takes the place of the old one', () => {
    expect(place(base, message('a2b', { parent_id: 'u2' })).order).toEqual(['u1', 'a1', 'u2', 'a2b'])
  })

  test('an edited first message begins anew', () => {
    expect(place(base, message('u1b', { role: 'user', parent_id: null })).order).toEqual(['u1b'])
  })

  test('an answer to something never seen asks for the snapshot', () => {
    expect(place(base, message('x', { parent_id: 'far away' })).stale).toBe(true)
  })

  test('a new snapshot keeps the older pages that were fetched', () => {
    const known = withOlder(base, { seq: 1, has_more: true, items: [message('u0', { role: 'user' }), message('a0')] })
    const state = fromSnapshot({ seq: 5, has_more: true, items: [message('a1', { parent_id: 'u1' }), message('u2b', { role: 'user', parent_id: 'a1' })] }, known)
    expect(state.order).toEqual(['u0', 'a0', 'u1', 'a1', 'u2b'])
    expect(state.hasMore).toBe(true)
    expect(messageOf(state, 'u0')?.id).toBe('u0')
  })

  test('older pages come before, once', () => {
    const page = { seq: 1, has_more: true, items: [message('u0', { role: 'user' }), message('u1', { role: 'user' })] }
    const state = withOlder(base, page)
    expect(state.order).toEqual(['u0', 'u1', 'a1', 'u2', 'a2'])
    expect(state.hasMore).toBe(true)
  })
})

describe('decisions', () => {
  const asked = foldAll(turn().slice(0, 8))

  test('a call that asks makes its message wait', () => {
    expect(messageOf(asked, 'm2')).toMatchObject({ status: 'waiting' })
    expect(messageOf(asked, 'm2')?.parts[2]).toMatchObject({ status: 'waiting', approval_id: 'a1' })
    expect(asked.approvals.get('a1')?.status).toBe('pending')
  })

  test.each([['denied', 'denied'], ['answered', 'running'], ['expired', 'denied'], ['cancelled', 'cancelled']] as const)('%s leaves the call %s', (status, call) => {
    const event = new Log(8).add('approval_resolved', { message_id: 'm2', part: 2, approval: approval({ status }) }).events
    const state = foldAll(event, asked)
    expect(messageOf(state, 'm2')?.parts[2]).toMatchObject({ status: call })
    expect(messageOf(state, 'm2')?.status).toBe('streaming')
  })
})

describe('what the agent was given', () => {
  const items = [{ memory_id: 'x', kind: 'fact' as const, text: 'Releases go out on Thursdays.', source: { type: 'person' as const }, score: 0.8, why: null }]
  const events = new Log()
    .add('message', { message: message('m2', { status: 'streaming' }) })
    .add('context_retrieved', { message_id: 'm2', items })
    .add('text_delta', { message_id: 'm2', part: 1, offset: 0, text: 'On Thursdays [1].' }).events
  const whole = [{ type: 'context', items }, { type: 'text', text: 'On Thursdays [1].' }]

  test('stands before the answer, and the parts of later events are counted with it', () => expect(messageOf(foldAll(events), 'm2')?.parts).toEqual(whole))

  test('is the same when the stream breaks anywhere and events come again', () => {
    for (let cut = 0; cut <= events.length; cut++) for (let back = 0; back <= cut; back++) expect(messageOf(foldAll(events.slice(cut - back), foldAll(events.slice(0, cut))), 'm2')?.parts).toEqual(whole)
  })

  test('is replaced when the run was taken up again and asked anew', () => {
    const again = new Log(3).add('context_retrieved', { message_id: 'm2', items: [] }).events
    expect(messageOf(foldAll(again, foldAll(events)), 'm2')?.parts).toEqual([{ type: 'context', items: [] }, whole[1]])
  })

  test('comes before text that was there already', () => {
    const late = new Log().add('message', { message: message('m2', { status: 'streaming', parts: [{ type: 'text', text: 'On ' }] }) }).add('context_retrieved', { message_id: 'm2', items }).events
    expect(messageOf(foldAll(late), 'm2')?.parts.map(({ type }) => type)).toEqual(['context', 'text'])
  })
})

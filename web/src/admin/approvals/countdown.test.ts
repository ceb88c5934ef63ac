import { expect, it } from 'vitest'
import { leftUntil } from './countdown'

const words = { hours: (n: number) => `${n} h`, days: (n: number) => `${n} d` }
const now = Date.parse('2026-11-20T12:00:00Z')
const until = (ms: number) => leftUntil(new Date(now + ms).toISOString(), now, words)

it.each([
  [12_000, '0:12', 'now'], [95_000, '1:35', 'soon'], [20 * 60_000, '20:00', 'calm'], [3_600_000 * 5.5, '5 h', 'calm'], [86_400_000 * 3, '3 d', 'calm'],
])('%i ms are %s', (ms, text, urgency) => expect(until(ms)).toMatchObject({ text, urgency }))

it('is nothing once it is over', () => {
  expect(until(0)).toBeNull()
  expect(leftUntil('nonsense', now, words)).toBeNull()
})

import { expect, test, vi } from 'vitest'
import { LazyScreen } from '@/lib/screen'

const Page = () => null

test('a screen shows nothing until its code is there, then the screen itself', async () => {
  const load = vi.fn(() => Promise.resolve({ default: Page }))
  const screen = new LazyScreen(load)
  expect([screen.isReady, screen.View()]).toEqual([false, null])
  await Promise.all([screen.ready(), screen.ready()])
  expect(screen.View()).toMatchObject({ type: Page })
  expect([screen.isReady, load.mock.calls.length]).toEqual([true, 1])
})

test('code that cannot be had is told when the screen is drawn, and tried again on the next visit', async () => {
  const load = vi.fn(() => Promise.resolve({ default: Page }))
  load.mockRejectedValueOnce(new Error('gone'))
  const screen = new LazyScreen(load)
  await screen.ready()
  expect(() => screen.View()).toThrow('gone')
  await screen.ready()
  expect(screen.isReady).toBe(true)
})

import { beforeEach, expect, test, vi } from 'vitest'
import { changeSeen } from '@/lib/changeSeen'

const { raw, patch } = vi.hoisted(() => ({ raw: vi.fn(), patch: vi.fn() }))
vi.mock('@/lib/api', () => ({ api: { raw, patch } }))

beforeEach(() => { patch.mockReset(); raw.mockResolvedValue(new Response('{"version":3}', { headers: { etag: '"abc"' } })) })

test('what was seen is changed under its tag', async () => {
  await changeSeen('/my/prompts/p1', 3, { text: 'x' })
  expect(patch).toHaveBeenCalledWith('/my/prompts/p1', { text: 'x' }, { headers: { 'if-match': '"abc"' } })
})

test('what somebody saved since is left to the server to refuse', async () => {
  await changeSeen('/my/prompts/p1', 2, { text: 'x' })
  expect(patch).toHaveBeenCalledWith('/my/prompts/p1', { text: 'x' }, { headers: { 'if-match': '"none"' } })
})

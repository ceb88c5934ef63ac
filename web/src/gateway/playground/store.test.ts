import { beforeEach, describe, expect, it, vi } from 'vitest'

const kept = new Map<string, string>()
const session = vi.hoisted(() => ({ user: { id: 'ana' }, tell: (_: { status: string }) => undefined as void }))
vi.mock('@/lib/session', () => ({
  useSession: { getState: () => ({ user: session.user }), subscribe: (listener: (state: { status: string }) => void) => { session.tell = listener } },
}))

async function open() {
  vi.resetModules()
  return import('./store')
}

beforeEach(() => {
  kept.clear()
  session.user = { id: 'ana' }
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  vi.stubGlobal('localStorage', { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value) })
})

describe('what was set up', () => {
  it('is there again after a reload', async () => {
    (await open()).useSetup.setState({ system: 'Be brief.', dialect: 'messages' })
    expect((await open()).useSetup.getState()).toMatchObject({ system: 'Be brief.', dialect: 'messages' })
  })
  it('is nobody else’s', async () => {
    (await open()).useSetup.setState({ system: 'A secret plan' })
    session.user = { id: 'ben' }
    expect((await open()).useSetup.getState().system).toBe('')
  })
  it('is forgotten at sign-out', async () => {
    const { useSetup } = await open()
    useSetup.setState({ draft: 'half a question' })
    session.tell({ status: 'signed-out' })
    expect(useSetup.getState().draft).toBe('')
    expect(kept.get('entourage.playground')).not.toContain('half a question')
  })
})

it.each([
  ['', '', {}], ['0,7', '100', {}], ['2', '1', {}], ['2.1', '', { temperature: 'badTemperature' }], ['warm', '0', { temperature: 'badTemperature', max_tokens: 'badCount' }], ['', '1e3', { max_tokens: 'badCount' }],
])('temperature %j and tokens %j', async (temperature, max_tokens, mistakes) => {
  const { checkSetup } = await open()
  expect(checkSetup({ temperature, max_tokens })).toEqual(mistakes)
})

it('numbers are read with a point or a comma', async () => {
  const { numberOf } = await open()
  expect(['0,7', ' 1.5 ', '', 'x'].map(numberOf)).toEqual([0.7, 1.5, null, null])
})

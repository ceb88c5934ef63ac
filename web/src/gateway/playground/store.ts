import { create } from 'zustand'
import { useSession } from '@/lib/session'
import type { Dialect } from '../api/types'
import { Lane } from './lane'

export interface Setup {
  dialect: Dialect
  /** For the first and the second lane; empty takes the default. */
  models: [string, string]
  compare: boolean
  system: string
  temperature: string
  max_tokens: string
  json: boolean
  skipCache: boolean
  /** Answers drawn as Markdown rather than as they came. */
  formatted: boolean
  draft: string
}

const storage_name = 'entourage.playground'
const fresh: Setup = { dialect: 'chat', models: ['', ''], compare: false, system: '', temperature: '', max_tokens: '', json: false, skipCache: false, formatted: true, draft: '' }

const owner = (): string | null => useSession.getState().user?.id ?? null

/** What was kept, unless somebody else left it in this browser. */
function saved(): Partial<Setup> {
  try {
    const { of, ...setup } = JSON.parse(localStorage.getItem(storage_name) ?? '{}') as Partial<Setup> & { of?: string | null }
    return of === owner() ? setup : {}
  } catch { return {} }
}

/** What the person set up, kept over reloads. */
export const useSetup = create<Setup>()(() => ({ ...fresh, ...saved() }))

useSetup.subscribe((setup) => {
  try { localStorage.setItem(storage_name, JSON.stringify({ ...setup, of: owner() })) } catch { /* storage is full or blocked: it lasts until reload */ }
})

/** Both talks go on while another screen is looked at. */
export const lanes: readonly [Lane, Lane] = [new Lane(), new Lane()]

useSession.subscribe(({ status }) => {
  if (status !== 'signed-out') return
  lanes.forEach((lane) => lane.clear())
  useSetup.setState(fresh)
})

export type SetupMistake = 'badTemperature' | 'badCount'
const COUNT = /^[1-9]\d{0,6}$/

/** The numbers as typed, or what is wrong with them. */
export function checkSetup({ temperature, max_tokens }: Pick<Setup, 'temperature' | 'max_tokens'>): { temperature?: SetupMistake; max_tokens?: SetupMistake } {
  const heat = numberOf(temperature)
  return {
    ...(temperature.trim() !== '' && (heat === null || heat < 0 || heat > 2) && { temperature: 'badTemperature' as const }),
    ...(max_tokens.trim() !== '' && !COUNT.test(max_tokens.trim()) && { max_tokens: 'badCount' as const }),
  }
}

/** A number with a point or a comma; null for an empty field and for what is no number. */
export function numberOf(text: string): number | null {
  const plain = text.trim().replace(',', '.')
  return plain === '' || Number.isNaN(Number(plain)) ? null : Number(plain)
}

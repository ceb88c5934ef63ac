import { create } from 'zustand'
import type { Language, Theme } from './types'

interface UiState {
  theme: Theme
  language: Language | undefined
  /** Chats beside the talk on wide screens. */
  listShown: boolean
  dockShown: boolean
  dockWidth_px: number
  /** The model for the next message; null leaves it to the agent. */
  model: string | null
  lastChat: string | null
}

const storage_name = 'entourage.ui'
const fresh: UiState = { theme: 'auto', language: undefined, listShown: true, dockShown: false, dockWidth_px: 460, model: null, lastChat: null }

function saved(): Partial<UiState> {
  try { return JSON.parse(localStorage.getItem(storage_name) ?? '{}') as Partial<UiState> } catch { return {} }
}

export const useUi = create<UiState>()(() => ({ ...fresh, ...saved() }))

useUi.subscribe((state) => {
  try { localStorage.setItem(storage_name, JSON.stringify(state)) } catch { /* storage is full or blocked: the choice lasts until reload */ }
})

/** Passing things that a reload should forget: which layer is open over the page. */
export const useLayers = create<{ palette: boolean; keys: boolean; list: boolean }>(() => ({ palette: false, keys: false, list: false }))

const light = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: light)')

export function resolvedTheme(theme: Theme = useUi.getState().theme): 'dark' | 'light' {
  if (theme !== 'auto') return theme
  return light?.matches ? 'light' : 'dark'
}

function showTheme(): void {
  const theme = resolvedTheme()
  document.documentElement.dataset.theme = theme
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', theme === 'dark' ? '#0e1013' : '#fbfbfa')
}

/** Keeps the page in the chosen theme from now on. */
export function followTheme(): void {
  showTheme()
  light?.addEventListener('change', showTheme)
  useUi.subscribe((state, before) => { if (state.theme !== before.theme) showTheme() })
}

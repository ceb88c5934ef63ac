import type { ComponentType } from 'react'
import type { Namespaces } from '@/i18n/namespaces'

export interface MemoryTab {
  path: string
  labelKey: keyof Namespaces['memory'] & string
  load: () => Promise<{ default: ComponentType }>
  /** Fills the screen by itself instead of flowing on a scrolling page. */
  isWhole?: boolean
  /** Shows one's own memory only. */
  isOwn?: boolean
}

export const tabs: readonly MemoryTab[] = [
  { path: 'search', labelKey: 'search', load: () => import('./search/SearchPage') },
  { path: 'documents', labelKey: 'documents', load: () => import('./documents/DocumentsPage') },
  { path: 'facts', labelKey: 'facts', load: () => import('./facts/FactsPage') },
  { path: 'graph', labelKey: 'graph', load: () => import('./graph/GraphPage'), isWhole: true, isOwn: true },
  { path: 'settings', labelKey: 'settings', load: () => import('./settings/SettingsPage') },
]

import type { ComponentType } from 'react'
import type { Namespaces } from '@/i18n/namespaces'

export interface GatewayTab {
  path: string
  labelKey: keyof Namespaces['gateway'] & string
  load: () => Promise<{ default: ComponentType }>
  /** Fills the screen by itself instead of flowing on a scrolling page. */
  isWhole?: boolean
}

export const tabs: readonly GatewayTab[] = [
  { path: 'models', labelKey: 'models', load: () => import('./models/Models') },
  { path: 'playground', labelKey: 'playground', load: () => import('./playground/Playground'), isWhole: true },
  { path: 'usage', labelKey: 'usage', load: () => import('./usage/Usage') },
  { path: 'keys', labelKey: 'keysAndBudgets', load: () => import('./keys/KeysAndBudgets') },
]

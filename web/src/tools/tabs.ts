import type { ComponentType } from 'react'
import type { Namespaces } from '@/i18n/namespaces'

export interface ToolsTab {
  path: string
  labelKey: keyof Namespaces['tools'] & string
  load: () => Promise<{ default: ComponentType }>
  /** Fills the screen by itself instead of flowing on a scrolling page. */
  isWhole?: boolean
}

export const tabs: readonly ToolsTab[] = [
  { path: 'catalogue', labelKey: 'tools', load: () => import('./catalogue/Catalogue'), isWhole: true },
  { path: 'servers', labelKey: 'servers', load: () => import('./servers/Servers') },
  { path: 'services', labelKey: 'services', load: () => import('./services/Services') },
  { path: 'bundles', labelKey: 'bundles', load: () => import('./bundles/Bundles') },
  { path: 'approvals', labelKey: 'approvals', load: () => import('@/admin/approvals/Approvals') },
  { path: 'calls', labelKey: 'calls', load: () => import('./calls/CallsPage') },
  { path: 'policy', labelKey: 'policy', load: () => import('./rules/PolicyPage') },
]
